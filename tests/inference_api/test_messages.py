"""What tells messages with text only, which need no further look, from all others."""

from __future__ import annotations

from typing import Any

import pytest

from inference_api.messages import only_text

TEXT = {"role": "user", "content": [{"text": "Hello"}]}


def test_messages_with_text_only() -> None:
    assert only_text([TEXT, {"role": "assistant", "content": [{"text": "Hi"}, {"text": "!"}]}])


@pytest.mark.parametrize(
    "content",
    [
        [{"text": "Hello"}, {"image": {}}],
        [{"text": "Hello", "image": {}}],
        [{"toolResult": {"content": [{"text": "x"}]}}],
        [{"text": "Hello"}, {"cachePoint": {"type": "default"}}],
        ["Hello"],
        [None],
        "Hello",
        "",
        {},
        None,
    ],
)
def test_everything_else_is_looked_at(content: Any) -> None:
    assert not only_text([TEXT, {"role": "user", "content": content}])


@pytest.mark.parametrize("messages", [None, 5, ["Hello"], [None], [{"role": "user"}], {"content": []}])
def test_messages_that_are_none_are_looked_at(messages: Any) -> None:
    assert not only_text(messages)

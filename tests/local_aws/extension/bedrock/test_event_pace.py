"""Events arrive one after the other, not all at once."""

import time
from pathlib import Path
from typing import Any

from tests.local_aws.servers import running

MESSAGES: Any = [{"role": "user", "content": [{"text": "How do I descale?"}]}]


def test_the_first_event_arrives_before_the_last_is_sent(tmp_path: Path) -> None:
    with running(tmp_path, 1.0) as client:
        stream = client("bedrock-runtime").converse_stream(modelId="amazon.nova-micro-v1:0", messages=MESSAGES)
        arrivals = [(next(iter(event)), time.monotonic()) for event in stream["stream"]]

    names = [name for name, _ in arrivals]
    assert (names[0], names[-1]) == ("messageStart", "metadata")
    # A pause on Bedrock's clock is before each event but the first: a late reader sees some of them together.
    assert arrivals[-1][1] - arrivals[0][1] >= 0.1 * (len(arrivals) - 2)

"""JSON of another type than the operation's input has, or without what it requires, and names of documents."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.extension.bedrock.test_converse import NOVA, user


@pytest.mark.parametrize(
    ("sent", "written", "said"),
    [
        (b'"here"', b"NaN", "not valid JSON"),
        (b'"here"', b"Infinity", "not valid JSON"),
        (b"7", b'"7"', "STRING_VALUE can not be converted to an Integer"),
        (b"0.5", b'"0.5"', "STRING_VALUE can not be converted to a Float"),
        (b'["x"]', b'"x"', "STRING_VALUE can not be converted to a list"),
        (b'"Hello"', b"true", "TRUE_VALUE can not be converted to a String"),
        (b'"Hello"', b"{}", "Start of structure or map found where not expected."),
        (
            b'"Hello"',
            b"null",
            "The ContentBlock object at messages.0.content.0 must set one of the following keys: text, ",
        ),
        (b'["x"]', b"[null]", "Value null at 'inferenceConfig.stopSequences.0' failed to satisfy constraint"),
        (b'"role"', b'"rule"', "Value null at 'messages.0.role' failed to satisfy constraint: Member must not be null"),
    ],
)
def test_json_of_another_type_is_refused(client: Client, sent: bytes, written: bytes, said: str) -> None:
    runtime = client("bedrock-runtime")

    def write(request: Any, **_: Any) -> None:
        assert sent in request.data
        request.data = request.data.replace(sent, written)

    runtime.meta.events.register("before-sign.bedrock-runtime.Converse", write)
    with pytest.raises(ClientError, match=said) as refused:
        runtime.converse(
            modelId=NOVA,
            messages=[user("Hello")],
            inferenceConfig={"maxTokens": 7, "temperature": 0.5, "stopSequences": ["x"]},
            additionalModelRequestFields={"a": "here"},
        )

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("name", ["a.txt", "a  b", "a\u3000b", "résumé"])
def test_other_names_of_documents_are_refused(client: Client, name: str) -> None:
    document = {"document": {"format": "txt", "name": name, "source": {"bytes": b"a"}}}

    with pytest.raises(ClientError, match="The document file name can only contain alphanumeric characters"):
        client("bedrock-runtime").converse(modelId=NOVA, messages=[user("x", document)])

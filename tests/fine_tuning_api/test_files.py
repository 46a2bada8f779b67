"""Files of the openai client: kept byte for byte, refused by name, listed in pages."""

from __future__ import annotations

import openai
import pytest

from fine_tuning_api.multipart import parts_of
from inference_api.errors import ApiError
from kit_contract.fine_tuning import MAX_FILE_BYTES
from tests.fine_tuning_api.conftest import TRAINING
from tests.fine_tuning_api.fake_aws import FakeAws


def test_a_file_is_kept_read_listed_and_deleted(aws: FakeAws, client: openai.OpenAI) -> None:
    content = TRAINING + '{"messages": "größer\\r\\n--x"}\r\n\r\n'.encode()

    made = client.files.create(file=("../Süß & scharf.jsonl", content), purpose="fine-tune")

    assert (made.filename, made.bytes, made.purpose) == ("Süß & scharf.jsonl", len(content), "fine-tune")
    assert [key.rpartition("/")[0] for key in aws.objects] == [f"files/{made.id}"]
    assert client.files.retrieve(made.id).filename == "Süß & scharf.jsonl"
    assert client.files.content(made.id).read() == content
    assert [file.id for file in client.files.list(purpose="fine-tune")] == [made.id]
    assert client.files.delete(made.id).deleted
    assert list(client.files.list()) == []
    with pytest.raises(openai.NotFoundError, match="there is no such file"):
        client.files.retrieve(made.id)


def test_a_name_of_any_letters_fits_a_key(aws: FakeAws, client: openai.OpenAI) -> None:
    made = client.files.create(file=("🙂" * 250 + ".jsonl", TRAINING), purpose="fine-tune")

    (key,) = aws.objects
    assert len(key.encode()) <= 1024
    assert made.filename.endswith("🙂.jsonl")


def test_pages_of_files(client: openai.OpenAI) -> None:
    made = [client.files.create(file=(f"{name}.jsonl", TRAINING), purpose="fine-tune").id for name in "abc"]

    first = client.files.list(limit=2)

    assert [file.id for file in first.data] == made[:0:-1]
    assert first.has_more
    assert [file.id for file in client.files.list(limit=2)] == made[::-1]  # the client asks for the next page
    assert [file.id for file in client.files.list(order="asc")] == made
    assert list(client.files.list(purpose="batch")) == []


@pytest.mark.parametrize(
    ("content", "purpose", "message"),
    [
        (TRAINING, "batch", "purpose must be fine-tune"),
        (b" \n", "fine-tune", "file must not be empty"),
        (TRAINING + "ü".encode("latin-1"), "fine-tune", "another encoding at line 5"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(
    aws: FakeAws, client: openai.OpenAI, content: bytes, purpose: str, message: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=message):
        client.files.create(file=("train.jsonl", content), purpose=purpose)  # type: ignore[arg-type]

    assert aws.objects == {}


def test_a_larger_file_than_a_function_takes_is_refused_with_another_way(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIStatusError, match=r"at most 4,500,000 bytes.*dataset = ") as refused:
        client.files.create(file=("train.jsonl", b"a" * (MAX_FILE_BYTES + 1)), purpose="fine-tune")

    assert refused.value.status_code == 413


def test_a_field_that_nobody_honours_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match=r"expires_after.* is not a field"):
        client.files.create(
            file=("train.jsonl", TRAINING),
            purpose="fine-tune",
            expires_after={"anchor": "created_at", "seconds": 3600},
        )


def test_a_key_that_may_not_fine_tune(url: str, aws: FakeAws) -> None:
    with openai.OpenAI(base_url=url, api_key="default", max_retries=0) as other:
        with pytest.raises(openai.PermissionDeniedError, match="fine_tuning_keys"):
            other.files.create(file=("train.jsonl", TRAINING), purpose="fine-tune")
        with pytest.raises(openai.PermissionDeniedError):
            other.fine_tuning.jobs.list()

    assert aws.objects == {}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ncut'),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\nno headers\r\n--b--"),
        *(
            (
                "multipart/form-data; boundary=b",
                b'--b\r\nContent-Disposition: form-data; name="file"; filename*' + name + b"\r\n\r\nx\r\n--b--",
            )
            for name in (b"=a\0b''x", b"=undefined''%ff", b"=idna''%ff", b"9" * 5000 + b"*=utf-8''a")
        ),
    ],
)
def test_a_body_that_is_no_form_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(ApiError, match="invalid_multipart"):
        parts_of(content_type, body)


def test_a_part_keeps_what_looks_like_the_end_of_a_line() -> None:
    body = (
        b'--b\r\ncontent-disposition: form-data; name="file"; filename="a\\"b.jsonl"\r\n\r\n1\r\n\r\n--c\n\r\n--b--\r\n'
    )

    (part,) = parts_of('multipart/form-data; boundary="b"', body)

    assert part == ("file", 'a"b.jsonl', b"1\r\n\r\n--c\n")

"""Import jobs and imported models on the embedded AWS: rights, states, failures, answers, deletion."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.emulator import EmbeddedAws
from tests.local_aws.conftest import Client
from tests.local_aws.model_folder import model_files, put_model
from tests.local_aws.servers import code, faults, make_role

BUCKET = "models-to-import"
SOURCE = f"arn:aws:s3:::{BUCKET}"
TAGS = [{"key": "of", "value": "model"}]
HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]


@pytest.fixture(scope="module")
def prefixes(client: Client) -> dict[str, str]:
    """Name -> URI of what can be imported."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    make_role(client, "importer", ["s3:GetObject", "s3:ListBucket"], [SOURCE, f"{SOURCE}/*"])
    make_role(client, "lister", ["s3:ListBucket"], SOURCE)
    make_role(client, "reader", ["s3:GetObject"], f"{SOURCE}/*")
    made = {name: put_model(s3, BUCKET, name) for name in ("llama", "other")}
    made["qwen"] = put_model(s3, BUCKET, "qwen", model_files("Qwen3ForCausalLM"))
    made["bert"] = put_model(s3, BUCKET, "bert", model_files("BertModel"))
    return made


def request(name: str, uri: str, role: str = "importer", **changes: Any) -> dict[str, Any]:
    return {
        "jobName": f"{name}-job",
        "importedModelName": name,
        "roleArn": f"arn:aws:iam::000000000000:role/{role}",
        "modelDataSource": {"s3DataSource": {"s3Uri": uri}},
        "importedModelTags": TAGS,
        **changes,
    }


def imported(client: Client, name: str, uri: str, role: str = "importer") -> dict[str, Any]:
    """The job, after its end."""
    bedrock = client("bedrock")
    arn = bedrock.create_model_import_job(**request(name, uri, role))["jobArn"]
    assert bedrock.get_model_import_job(jobIdentifier=arn)["status"] == "InProgress"
    return ended(client, arn)


def ended(client: Client, arn: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        job: dict[str, Any] = client("bedrock").get_model_import_job(jobIdentifier=arn)
        if job["status"] != "InProgress":
            return job
        time.sleep(0.05)
    raise AssertionError(f"{arn} did not end")


@pytest.fixture(scope="module")
def model(client: Client, prefixes: dict[str, str]) -> str:
    return str(imported(client, "mine", prefixes["llama"])["importedModelArn"])


def restored(client: Client, model: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            client("bedrock-runtime").converse(modelId=model, messages=HELLO)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ModelNotReadyException":
                raise
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{model} was never restored")


def test_an_imported_model_is_described_and_listed(client: Client, model: str) -> None:
    bedrock = client("bedrock")
    found = bedrock.get_imported_model(modelIdentifier="mine")

    assert found["modelArn"] == model
    assert (found["modelArchitecture"], found["instructSupported"]) == ("llama", True)
    assert found["customModelUnits"] == {"customModelUnitsPerModelCopy": 1, "customModelUnitsVersion": "v1.0"}
    assert found["modelDataSource"]["s3DataSource"]["s3Uri"] == f"s3://{BUCKET}/llama/"
    listed = bedrock.list_imported_models(nameContains="min")["modelSummaries"]
    assert [item["modelArn"] for item in listed] == [model]
    jobs = bedrock.list_model_import_jobs(statusEquals="Completed")["modelImportJobSummaries"]
    assert model in [job["importedModelArn"] for job in jobs]
    assert bedrock.list_tags_for_resource(resourceARN=model)["tags"] == TAGS


def test_the_first_calls_wait_for_a_copy(client: Client, prefixes: dict[str, str]) -> None:
    arn = imported(client, "cold", prefixes["llama"])["importedModelArn"]
    runtime = client("bedrock-runtime")

    with pytest.raises(ClientError) as error:
        runtime.invoke_model(modelId=arn, body=json.dumps({"prompt": "Hello"}))
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert code(error) == "ModelNotReadyException"
    restored(client, arn)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"prompt": "Hello", "max_gen_len": 50}, ("generation",)),
        ({"prompt": "Hello", "max_tokens": 50}, ("choices", 0, "text")),
        ({"messages": [{"role": "user", "content": "Hello"}]}, ("choices", 0, "message", "content")),
    ],
)
def test_invoke_takes_three_formats(client: Client, model: str, body: Any, place: tuple[Any, ...]) -> None:
    restored(client, model)
    value = json.load(client("bedrock-runtime").invoke_model(modelId=model, body=json.dumps(body))["body"])
    stream = client("bedrock-runtime").invoke_model_with_response_stream(modelId=model, body=json.dumps(body))
    chunks = [json.loads(event["chunk"]["bytes"]) for event in stream["body"]]

    for part in place:
        value, chunks = value[part], [chunk[part] for chunk in chunks]
    assert [value, *chunks] == ["[mock answer by mine] You asked: Hello"] * 2


def test_converse_is_for_models_that_have_it(client: Client, prefixes: dict[str, str]) -> None:
    arn = imported(client, "qwen", prefixes["qwen"])["importedModelArn"]
    assert client("bedrock").get_imported_model(modelIdentifier=arn)["instructSupported"] is False

    deadline = time.monotonic() + 10
    found = "ModelNotReadyException"
    while found == "ModelNotReadyException" and time.monotonic() < deadline:
        with pytest.raises(ClientError) as error:
            client("bedrock-runtime").converse(modelId=arn, messages=HELLO)
        found = code(error)
    assert found == "ValidationException"


@pytest.mark.parametrize(
    ("source", "role", "message"),
    [
        ("bert", "importer", "architecture BertModel is not supported"),
        ("nothing", "importer", "no config.json"),
        ("llama", "lister", "GetObject permissions"),
        ("llama", "reader", "ListBucket permissions"),
    ],
)
def test_jobs_that_fail(client: Client, prefixes: dict[str, str], source: str, role: str, message: str) -> None:
    uri = prefixes.get(source, f"s3://{BUCKET}/{source}/")
    job = imported(client, f"failing-{source}-{role}", uri, role)

    assert job["status"] == "Failed"
    assert message in job["failureMessage"]
    assert "importedModelArn" not in job


def test_a_job_fails_on_demand(client: Client, prefixes: dict[str, str], aws: EmbeddedAws) -> None:
    with faults(aws.endpoint_url, "failing-jobs"):
        assert "unexpected error" in imported(client, "unlucky", prefixes["llama"])["failureMessage"]


def test_requests_that_are_refused(client: Client, prefixes: dict[str, str], model: str) -> None:
    bedrock, uri = client("bedrock"), prefixes["llama"]
    for refused, expected in (
        (request("mine", uri, jobName="new-job"), "ConflictException"),
        (request("new", uri, jobName="mine-job"), "ConflictException"),
        (request("new_", uri), "ValidationException"),
        (request("new", "s3://x"), "ValidationException"),
        (request("new", uri, "nobody-at-all"), "ValidationException"),
    ):
        with pytest.raises(ClientError) as error:
            bedrock.create_model_import_job(**refused)
        assert code(error) == expected
    with pytest.raises(ClientError) as error:
        client("bedrock", "eu-west-1").create_model_import_job(**request("new", uri))
    assert code(error) == "ValidationException"


def test_a_token_makes_one_job(client: Client, prefixes: dict[str, str]) -> None:
    bedrock, asked = client("bedrock"), request("once", prefixes["other"], clientRequestToken="t1")

    assert bedrock.create_model_import_job(**asked)["jobArn"] == bedrock.create_model_import_job(**asked)["jobArn"]
    with pytest.raises(ClientError) as error:
        bedrock.create_model_import_job(**(asked | {"importedModelName": "twice"}))
    assert code(error) == "ConflictException"


def test_a_deleted_model_is_gone_and_its_name_is_free(client: Client, prefixes: dict[str, str]) -> None:
    bedrock = client("bedrock")
    arn = imported(client, "going", prefixes["llama"])["importedModelArn"]
    bedrock.delete_imported_model(modelIdentifier="going")

    calls: list[tuple[Any, dict[str, Any]]] = [
        (bedrock.get_imported_model, {"modelIdentifier": arn}),
        (bedrock.delete_imported_model, {"modelIdentifier": arn}),
        (bedrock.list_tags_for_resource, {"resourceARN": arn}),
        (client("bedrock-runtime").converse, {"modelId": arn, "messages": HELLO}),
    ]
    for call, given in calls:
        with pytest.raises(ClientError) as error:
            call(**given)
        assert code(error) == "ResourceNotFoundException"
    again = bedrock.create_model_import_job(**request("going", prefixes["llama"], jobName="again"))["jobArn"]
    assert ended(client, again)["importedModelArn"] != arn

"""Aurora PostgreSQL on the embedded AWS: a real database behind the Data API, and knowledge bases in its tables."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from custom_resources.framework.resource import Phase
from custom_resources.pg_vector_table.resource import PgVectorTableResource
from kit_contract.errors import ResourceFailedError
from local_aws.emulator import EmbeddedAws
from tests.local_aws.conftest import Call, Client
from tests.local_aws.extension.aurora_templates import TABLE, database, knowledge_base, request
from tests.local_aws.servers import code, faults, make_role, settled
from tests.local_aws.stacks import ended, outputs_of, reasons

Sql = Callable[..., dict[str, Any]]


def deployed(client: Client, name: str, template: dict[str, Any]) -> dict[str, Any]:
    client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))
    return ended(client, name)


@pytest.fixture(scope="module")
def outputs(client: Client) -> Iterator[dict[str, str]]:
    stack = deployed(client, "Database", database())
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    yield outputs_of(stack)
    client("cloudformation").delete_stack(StackName="Database")


@pytest.fixture(scope="module")
def sql(client: Client, outputs: dict[str, str]) -> Sql:
    def run(text: str, secret: str = "Admin", **more: Any) -> dict[str, Any]:
        place = {"resourceArn": outputs["Cluster"], "secretArn": outputs[secret], "database": "knowledge"}
        answer: dict[str, Any] = client("rds-data").execute_statement(**place, sql=text, **more)
        return answer

    return run


def test_values_have_the_data_apis_types(sql: Sql) -> None:
    given = [
        {"name": "id", "value": {"stringValue": "0af7c3f4-9d1c-4c1c-9be0-1c5bd2e0a001"}, "typeHint": "UUID"},
        {"name": "day", "value": {"stringValue": "2026-11-27"}, "typeHint": "DATE"},
        {"name": "price", "value": {"stringValue": "1.50"}, "typeHint": "DECIMAL"},
        {"name": "text", "value": {"stringValue": "it's ':no'"}},
        {"name": "data", "value": {"stringValue": '{"a": [1]}'}, "typeHint": "JSON"},
        {"name": "none", "value": {"isNull": True}},
    ]
    columns = ":id, :day, :price, :text, :data, CAST(:none AS text), 7, 0.5::float8, TRUE, ARRAY[1, 2], ':no'"

    answer = sql(f"SELECT {columns} -- :comment", parameters=given, includeResultMetadata=True)

    assert answer["records"][0] == [
        {"stringValue": "0af7c3f4-9d1c-4c1c-9be0-1c5bd2e0a001"},
        {"stringValue": "2026-11-27"},
        {"stringValue": "1.50"},
        {"stringValue": "it's ':no'"},
        {"stringValue": '{"a": [1]}'},
        {"isNull": True},
        {"longValue": 7},
        {"doubleValue": 0.5},
        {"booleanValue": True},
        {"arrayValue": {"longValues": [1, 2]}},
        {"stringValue": ":no"},
    ]
    assert answer["columnMetadata"][0]["typeName"] == "uuid"
    assert answer["numberOfRecordsUpdated"] == 0
    assert json.loads(sql("SELECT 7 AS n", formatRecordsAs="JSON")["formattedRecords"]) == [{"n": 7}]


@pytest.mark.parametrize(
    ("text", "more", "kind", "words"),
    [
        ("SELECT * FROM nothing", {}, "DatabaseErrorException", 'relation "nothing" does not exist; Position: 15'),
        ("SELECT 1; SELECT 2", {}, "DatabaseErrorException", "Multistatements aren't supported"),
        ("SELECT '1.1.1.1'::inet", {}, "UnsupportedResultException", "cast it to text"),
        ("SELECT ARRAY[ARRAY[1]]", {}, "UnsupportedResultException", "multidimensional array"),
        ("SELECT repeat('x', 70000)", {}, "DatabaseErrorException", "Packet for query is too large"),
        ("SELECT :missing", {}, "BadRequestException", "Cannot find parameter: missing"),
        ("SELECT 1", {"schema": "x"}, "BadRequestException", "Schema parameter is not supported"),
        ("SELECT 1", {"secret": "Secret"}, "DatabaseErrorException", "password authentication failed"),
        ("SELECT 1", {"transactionId": "t"}, "TransactionNotFoundException", "Transaction t is not found"),
    ],
)
def test_the_data_api_refuses_in_its_words(sql: Sql, text: str, more: dict[str, str], kind: str, words: str) -> None:
    with pytest.raises(ClientError) as refused:
        sql(text, **more)

    assert (code(refused), words in str(refused.value)) == (kind, True), refused.value


def test_a_transaction_is_whole_or_nothing(client: Client, sql: Sql, outputs: dict[str, str]) -> None:
    api, place = client("rds-data"), {"resourceArn": outputs["Cluster"], "secretArn": outputs["Admin"]}
    sql("CREATE TABLE notes (id bigint)")

    for ends in ("commit", "rollback", "error"):
        transaction = api.begin_transaction(**place, database="knowledge")["transactionId"]
        sql("INSERT INTO notes VALUES (1)", transactionId=transaction)
        if ends == "error":
            with pytest.raises(ClientError):
                sql("SELECT nothing", transactionId=transaction)
            with pytest.raises(ClientError, match="aborted due to an error from a previous call"):
                sql("SELECT 1", transactionId=transaction)
        else:
            getattr(api, f"{ends}_transaction")(**place, transactionId=transaction)
    sets = [[{"name": "id", "value": {"longValue": number}}] for number in (2, 3)]
    api.batch_execute_statement(**place, database="knowledge", sql="INSERT INTO notes VALUES (:id)", parameterSets=sets)

    assert sql("SELECT id FROM notes ORDER BY id")["records"] == [[{"longValue": number}] for number in (1, 2, 3)]


def test_a_paused_cluster_refuses_until_it_has_resumed(aws: EmbeddedAws, sql: Sql) -> None:
    with faults(aws.endpoint_url, "paused-databases"):
        time.sleep(1.1)
        with pytest.raises(ClientError, match="is resuming after being auto-paused") as refused:
            sql("SELECT 1")
    assert code(refused) == "DatabaseResumingException"

    def resumed() -> dict[str, Any]:
        try:
            return sql("SELECT 1")
        except ClientError:
            return {}

    settled(resumed, lambda answer: "records" in answer)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"EngineVersion": "16.2"}, "minimum capacity 0.0 is not valid for engine version 16.2"),
        ({"EngineVersion": "15.8"}, "Cannot find version 15.8 for aurora-postgresql"),
        ({"MasterUsername": "rds_superuser"}, "reserved word"),
        ({"ManageMasterUserPassword": False}, "MasterUserPassword must be provided"),
        ({"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.3, "MaxCapacity": 4}}, "increments of 0.5"),
        ({"ServerlessV2ScalingConfiguration": {"MinCapacity": 8, "MaxCapacity": 4}}, "not valid with the minimum 8"),
        ({"DBSubnetGroupName": "none"}, "DB subnet group 'none' does not exist"),
        ({"Endpoint": {"Address": "mine"}}, "is read-only"),
    ],
)
def test_rds_refuses_a_cluster(call: Call, changes: dict[str, Any], words: str) -> None:
    properties = {**database()["Resources"]["Cluster"]["Properties"], **changes}

    with pytest.raises(ValueError, match=words):
        call("cloudformation.databases", "check", properties)


@pytest.mark.parametrize(("before", "after"), [("17.9", "17.9"), ("17.9", "17"), ("17", "17"), ("17.9", "18.1")])
def test_a_cluster_is_not_downgraded(call: Call, before: str, after: str) -> None:
    call("cloudformation.databases", "check_upgrade", before, after)

    with pytest.raises(ValueError, match=r"Cannot upgrade aurora-postgresql from 17.10 to 17.9"):
        call("cloudformation.databases", "check_upgrade", "17.10", "17.9")


def test_a_knowledge_base_needs_the_table_its_indexes_and_the_rights(
    client: Client, sql: Sql, outputs: dict[str, str]
) -> None:
    """With the table that the kit's custom resource makes, on the real database."""
    resource = PgVectorTableResource(client("rds-data"), client("secretsmanager"))
    actions = ["rds:DescribeDBClusters", "rds-data:*", "secretsmanager:GetSecretValue", "s3:*", "bedrock:InvokeModel"]
    poor, role = (make_role(client, name, some, "*") for name, some in (("Poor", actions[:2]), ("Rich", actions)))
    refusals: list[str] = []

    def refused(name: str, role: str) -> None:
        deployed(client, name, knowledge_base(outputs, role))
        refusals.append(reasons(client, name))

    refused("WithoutTable", role)
    resource.create(request("Create", outputs))
    resource.create(request("Create", outputs))  # again: an invocation may die
    assert resource.describe(request("Create", outputs)).phase is Phase.READY
    with pytest.raises(ResourceFailedError, match=r"must be vector\(512\), got vector\(256\)"):
        resource.create(request("Create", outputs, Dimensions="512"))
    refused("WithoutRights", poor)
    sql("DROP INDEX bedrock_integration.passages_0a1b2c3d_chunks")
    refused("WithoutIndex", role)
    resource.update(request("Update", outputs))
    sql(f"REVOKE DELETE ON {TABLE} FROM bedrock_user")
    refused("WithoutDelete", role)
    resource.update(request("Update", outputs))

    expected = ("password authentication failed", "secretsmanager:GetSecretValue", "chunks column must be indexed")
    assert [words in told for words, told in zip((*expected, "permission denied"), refusals, strict=True)] == [True] * 4
    _answers_from_rows(client, sql, outputs, role)
    resource.delete(request("Delete", outputs))
    assert resource.describe(request("Delete", outputs)).phase is Phase.GONE
    assert sql("SELECT 1 FROM pg_roles WHERE rolname = 'bedrock_user'")["records"] == []


def _answers_from_rows(client: Client, sql: Sql, outputs: dict[str, str], role: str) -> None:
    stack = deployed(client, "Wiki", knowledge_base(outputs, role))
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(client, "Wiki")
    made, s3 = outputs_of(stack), client("s3")
    s3.create_bucket(Bucket="wiki")
    for name, year, text in (("tea", 2024, "Green tea wants water of 80 degrees."), ("bike", 2026, "Oil the chain.")):
        s3.put_object(Bucket="wiki", Key=f"{name}.md", Body=text.encode())
        attributes = json.dumps({"metadataAttributes": {"year": year, "tags": [name, "home"]}})
        s3.put_object(Bucket="wiki", Key=f"{name}.md.metadata.json", Body=attributes.encode())
    _ingest(client, made)

    assert _found(client, made, "how hot should the water be") == ["tea", "bike"]
    assert _found(client, made, "water", {"greaterThan": {"key": "year", "value": 2025}}) == ["bike"]
    assert _found(client, made, "chain", {"listContains": {"key": "tags", "value": "tea"}}) == ["tea"]
    assert _found(client, made, "chain", {"notEquals": {"key": "year", "value": 2026}}) == ["tea"]
    with pytest.raises(ClientError, match="startsWith is not supported by Amazon Aurora"):
        _found(client, made, "chain", {"startsWith": {"key": "tags", "value": "t"}})
    assert len(sql(f"SELECT chunks FROM {TABLE}")["records"]) == 2
    s3.delete_object(Bucket="wiki", Key="tea.md")
    _ingest(client, made)
    assert _found(client, made, "how hot should the water be") == ["bike"]
    client("cloudformation").delete_stack(StackName="Wiki")


def _ingest(client: Client, made: dict[str, str]) -> None:
    agent, ids = client("bedrock-agent"), {"knowledgeBaseId": made["Base"], "dataSourceId": made["Source"]}
    job = agent.start_ingestion_job(**ids)["ingestionJob"]["ingestionJobId"]
    done = settled(
        lambda: agent.get_ingestion_job(**ids, ingestionJobId=job)["ingestionJob"],
        lambda found: found["status"] in ("COMPLETE", "FAILED"),
    )
    assert (done["status"], done.get("failureReasons")) == ("COMPLETE", None)


def _found(client: Client, made: dict[str, str], text: str, condition: dict[str, Any] | None = None) -> list[str]:
    search = {"filter": condition} if condition else {}
    results = client("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=made["Base"],
        retrievalQuery={"text": text},
        retrievalConfiguration={"vectorSearchConfiguration": search},
    )["retrievalResults"]
    return [one["location"]["s3Location"]["uri"].rpartition("/")[2].removesuffix(".md") for one in results]

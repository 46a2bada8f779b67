"""Web pages and documents that are put, on the embedded AWS: ingested, found, changed and gone."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import code, make_role, settled
from tests.local_aws.web_site import WebSite, web_site


@pytest.fixture(scope="module")
def role(client: Client) -> str:
    return make_role(client, "web-and-custom", ["s3:GetObject"], "arn:aws:s3:::put-*/*")


@pytest.fixture
def site() -> Iterator[WebSite]:
    with web_site() as served:
        yield served


def another_source(base: KnowledgeBase, configuration: dict[str, Any]) -> KnowledgeBase:
    """In place of its own."""
    made = base.clients("bedrock-agent").create_data_source(
        knowledgeBaseId=base.id,
        name=configuration["type"],
        dataSourceConfiguration=configuration,
        dataDeletionPolicy="DELETE",
    )
    base.source = made["dataSource"]["dataSourceId"]
    return base


def crawling(*urls: str, **crawler: Any) -> dict[str, Any]:
    seeds = [{"url": url} for url in urls]
    web = {"sourceConfiguration": {"urlConfiguration": {"seedUrls": seeds}}, "crawlerConfiguration": crawler}
    return {"type": "WEB", "webConfiguration": web}


def test_pages_are_crawled_found_changed_kept_and_removed(client: Client, role: str, site: WebSite) -> None:
    site.pages = {
        "/docs/": '<h1>Machines</h1><a href="valve">V</a> <a href="pump">P</a> <a href="/private/x">no</a>',
        "/docs/valve": "<h1>Valve</h1><p>The valve opens at nine bar.</p>",
        "/docs/pump": "<h1>Pump</h1><p>The pump hums while it primes.</p>",
        "/private/x": "secret",
    }
    crawler = {"scope": "HOST_ONLY", "userAgent": "our-own-documents"}
    base = another_source(
        KnowledgeBase(client, "crawled", role), crawling(site.url("/docs/"), "https://www.example.com/", **crawler)
    )

    first = base.ingest()

    assert first["status"] == "COMPLETE"
    (away,) = first["failureReasons"]
    assert "crawls servers on 127.0.0.1 only, and www.example.com is on the internet" in away
    assert first["statistics"]["numberOfNewDocumentsIndexed"] == 3
    (best,) = base.retrieve("When does the valve open?", numberOfResults=1)
    assert best["location"] == {"type": "WEB", "webLocation": {"url": site.url("/docs/valve")}}
    assert "/private/x" not in dict(site.asked)
    assert {agent.rpartition("-our-own-documents")[1] for _, agent in site.asked} == {"-our-own-documents"}
    assert all(agent.startswith("bedrockbot-") for _, agent in site.asked)

    site.pages["/docs/valve"] = "<h1>Valve</h1><p>The valve opens at twelve bar.</p>"
    del site.pages["/docs/pump"]
    second = base.ingest()

    assert second["statistics"]["numberOfModifiedDocumentsIndexed"] == 1
    assert second["statistics"]["numberOfDocumentsDeleted"] == 1
    assert "twelve" in base.retrieve("When does the valve open?", numberOfResults=1)[0]["content"]["text"]
    site.broken = {"/docs/valve"}
    third = base.ingest()
    assert third["statistics"]["numberOfDocumentsDeleted"] == 0  # it may come back
    assert f"{site.url('/docs/valve')}: the server answered 503" in str(third["failureReasons"])

    with pytest.raises(ClientError) as error:
        listed(base)
    assert code(error) == "ValidationException"


def test_too_many_pages_fail_the_whole_job(client: Client, role: str, site: WebSite) -> None:
    site.pages = {"/": '<a href="/1">1</a><a href="/2">2</a>', "/1": "one", "/2": "two"}
    base = KnowledgeBase(client, "refused", role)
    many = another_source(base, crawling(site.url("/"), crawlerLimits={"maxPages": 2})).ingest()

    assert many["status"] == "FAILED"
    assert many["failureReasons"] == ["Encountered error: the crawl found more than maxPages, 2; no page was ingested"]
    assert base.retrieve("one") == []


def text(name: str, words: str, **metadata: str) -> dict[str, Any]:
    inline = {"type": "TEXT", "textContent": {"data": words}}
    custom = {"customDocumentIdentifier": {"id": name}, "sourceType": "IN_LINE", "inlineContent": inline}
    attributes = [{"key": key, "value": {"type": "STRING", "stringValue": it}} for key, it in metadata.items()]
    more = {"metadata": {"type": "IN_LINE_ATTRIBUTE", "inlineAttributes": attributes}} if attributes else {}
    return {"content": {"dataSourceType": "CUSTOM", "custom": custom}, **more}


def stored(name: str, uri: str) -> dict[str, Any]:
    place = {"customDocumentIdentifier": {"id": name}, "sourceType": "S3_LOCATION", "s3Location": {"uri": uri}}
    return {"content": {"dataSourceType": "CUSTOM", "custom": place}}


def put(base: KnowledgeBase, *documents: dict[str, Any], **more: str) -> None:
    base.clients("bedrock-agent").ingest_knowledge_base_documents(
        knowledgeBaseId=base.id, dataSourceId=base.source, documents=list(documents), **more
    )


def listed(base: KnowledgeBase) -> dict[str, str]:
    found = base.clients("bedrock-agent").list_knowledge_base_documents(
        knowledgeBaseId=base.id, dataSourceId=base.source
    )
    return {item["identifier"]["custom"]["id"]: item["status"] for item in found["documentDetails"]}


def final(base: KnowledgeBase) -> dict[str, str]:
    pending = {"STARTING", "PENDING", "IN_PROGRESS", "DELETING", "DELETE_IN_PROGRESS"}
    return settled(lambda: listed(base), lambda found: not pending & set(found.values()))


@pytest.fixture(scope="module")
def custom(client: Client, role: str) -> KnowledgeBase:
    return another_source(KnowledgeBase(client, "put-custom", role), {"type": "CUSTOM"})


def test_documents_are_put_replaced_and_deleted(client: Client, custom: KnowledgeBase) -> None:
    custom.put("far.md", b"# Boiler\nThe boiler is of copper.")
    bare = {
        "customDocumentIdentifier": {"id": "gone"},
        "sourceType": "S3_LOCATION",
        "s3Location": {"uri": "s3://other/x.md"},
    }
    put(
        custom,
        text("valve", "The valve opens at nine bar.", kind="part"),
        stored("boiler", "s3://put-custom/far.md"),
        {"content": {"dataSourceType": "CUSTOM", "custom": bare}},
    )
    assert set(listed(custom).values()) <= {"STARTING", "IN_PROGRESS", "INDEXED", "FAILED"}

    assert final(custom) == {"valve": "INDEXED", "boiler": "INDEXED", "gone": "FAILED"}
    (best,) = custom.retrieve("valve", filter={"equals": {"key": "kind", "value": "part"}})
    assert best["location"] == {"type": "CUSTOM", "customDocumentLocation": {"id": "valve"}}

    put(custom, text("valve", "The valve opens at twelve bar."))
    final(custom)
    assert "twelve" in custom.retrieve("When does the valve open?", numberOfResults=1)[0]["content"]["text"]
    agent, ids = (
        client("bedrock-agent"),
        [{"dataSourceType": "CUSTOM", "custom": {"id": name}} for name in ("valve", "no")],
    )
    answered = agent.delete_knowledge_base_documents(
        knowledgeBaseId=custom.id, dataSourceId=custom.source, documentIdentifiers=ids
    )["documentDetails"]
    assert [item["status"] for item in answered] == ["DELETING", "NOT_FOUND"]
    final(custom)
    assert "valve" not in str(custom.retrieve("When does the valve open?"))
    found = agent.get_knowledge_base_documents(
        knowledgeBaseId=custom.id, dataSourceId=custom.source, documentIdentifiers=ids
    )["documentDetails"]
    assert [item["status"] for item in found] == ["NOT_FOUND", "NOT_FOUND"]


def test_what_bedrock_refuses_of_documents_is_refused(custom: KnowledgeBase) -> None:
    wrong: list[tuple[str, list[dict[str, Any]]]] = [
        ("1 to 10 documents, got 11", [text(str(number), "x") for number in range(11)]),
        ("must differ", [text("a", "x"), text("a", "y")]),
        ("at most 6000000 bytes", [text("a", "x" * 3_000_001), text("b", "x" * 3_000_001)]),
        ("1 to 2048 characters", [text("a", "x", key="v" * 2049)]),
        ("mimeType image/gif is not supported", [data("a", b"GIF", "image/gif")]),
        ("dataSourceType must be CUSTOM", [of_s3("s3://put-custom/far.md")]),
    ]
    for reason, documents in wrong:
        with pytest.raises(ClientError, match=reason):
            put(custom, *documents)
    with pytest.raises(ClientError, match="CUSTOM has no ingestion jobs"):
        custom.start()


def data(name: str, content: bytes, mime_type: str) -> dict[str, Any]:
    inline = {"type": "BYTE", "byteContent": {"data": content, "mimeType": mime_type}}
    custom = {"customDocumentIdentifier": {"id": name}, "sourceType": "IN_LINE", "inlineContent": inline}
    return {"content": {"dataSourceType": "CUSTOM", "custom": custom}}


def of_s3(uri: str) -> dict[str, Any]:
    return {"content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": uri}}}}


def test_the_next_sync_takes_back_what_was_put_beside_the_bucket(client: Client, role: str) -> None:
    base = KnowledgeBase(client, "put-documents", role)
    client("s3").create_bucket(Bucket="put-elsewhere")
    client("s3").put_object(Bucket="put-elsewhere", Key="new.md", Body=b"# New\nAbout the copper boiler.")
    put(base, of_s3("s3://put-elsewhere/new.md"))
    deadline = time.monotonic() + 10
    while not base.retrieve("copper boiler"):
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert base.ingest()["statistics"]["numberOfDocumentsDeleted"] == 1
    assert base.retrieve("copper boiler") == []

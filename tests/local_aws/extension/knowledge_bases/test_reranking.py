"""Searches with a reranking model or another search type, and Rerank by itself, as Bedrock answers and refuses them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, code, running

COHERE = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
AMAZON = COHERE.replace("cohere.rerank-v3-5:0", "amazon.rerank-v1:0")
QUESTION = "How are invoices paid?"


def rights(clients: Clients, *statements: tuple[str, str]) -> None:
    """The role of the knowledge base may do this, and read documents."""
    allowed = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements]
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"}
    policy = json.dumps({"Statement": [read, *allowed]})
    clients("iam").put_role_policy(RoleName="knowledge", PolicyName="data", PolicyDocument=policy)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}}]}
    with running(tmp_path_factory.mktemp("aws")) as clients:
        role = clients("iam").create_role(RoleName="knowledge", AssumeRolePolicyDocument=json.dumps(trust))
        rights(clients, ("bedrock:Rerank", "*"), ("bedrock:InvokeModel", COHERE))
        made = KnowledgeBase(clients, "reranked-bucket", role["Role"]["Arn"], index="arn:aws:s3vectors:::index/x")
        made.put("invoices.md", b"# Invoices\nTea is served at noon.")
        made.put("tea.md", b"# Tea\nHow invoices are paid: by transfer. Invoices are paid monthly.")
        made.ingest()
        yield made


def reranking(model: str = COHERE, **more: Any) -> dict[str, Any]:
    configuration = {"modelConfiguration": {"modelArn": model}, **more}
    return {"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": configuration}


def found(base: KnowledgeBase, **search: Any) -> list[str]:
    passages = base.retrieve(QUESTION, **search)
    scores = [passage["score"] for passage in passages]
    assert scores == sorted(scores, reverse=True)
    return [passage["location"]["s3Location"]["uri"].rpartition("/")[2] for passage in passages]


def test_a_reranking_model_reads_the_text_and_keeps_the_best(base: KnowledgeBase) -> None:
    assert found(base, rerankingConfiguration=reranking())[0] == "tea.md"
    assert found(base, rerankingConfiguration=reranking(numberOfRerankedResults=1), numberOfResults=2) == ["tea.md"]
    assert len(found(base, overrideSearchType="SEMANTIC")) == 2


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"rerankingConfiguration": reranking(AMAZON)}, "model ARN for reranking is invalid"),
        ({"rerankingConfiguration": reranking(COHERE.replace("us-east-1", "us-west-2"))}, "reranking is invalid"),
        ({"rerankingConfiguration": reranking(COHERE.replace("cohere.rerank", "x"))}, "reranking is invalid"),
        ({"rerankingConfiguration": reranking(numberOfRerankedResults=3), "numberOfResults": 2}, "exceeds"),
        ({"overrideSearchType": "HYBRID"}, "HYBRID search type is not supported for search operation on index"),
    ],
)
def test_what_is_refused(base: KnowledgeBase, search: dict[str, Any], message: str) -> None:
    rights(base.clients, ("bedrock:Rerank", "*"), ("bedrock:InvokeModel", "*"))

    with pytest.raises(ClientError, match=message) as of_retrieve:
        base.retrieve(QUESTION, **search)
    with pytest.raises(ClientError, match=message) as of_answer:
        base.clients("bedrock-agent-runtime").retrieve_and_generate(**base.request(QUESTION, **search))

    assert (code(of_retrieve), code(of_answer)) == ("ValidationException", "ValidationException")


def test_retrieve_reranks_with_the_service_role_and_answers_with_the_callers(base: KnowledgeBase) -> None:
    search = {"rerankingConfiguration": reranking()}
    for statements in ([("bedrock:Rerank", "*")], [("bedrock:InvokeModel", COHERE)]):
        rights(base.clients, *statements)
        with pytest.raises(ClientError, match="not able to call specified bedrock reranking model") as error:
            base.retrieve(QUESTION, **search)
        assert code(error) == "AccessDeniedException"

    answer = base.clients("bedrock-agent-runtime").retrieve_and_generate(**base.request(QUESTION, **search))

    assert answer["citations"]


def test_rerank_orders_the_documents_of_the_request(base: KnowledgeBase) -> None:
    runtime = base.clients("bedrock-agent-runtime")
    texts = ["Tea is served at noon.", "Invoices are paid by transfer."]
    documents = [{"type": "TEXT", "textDocument": {"text": text}} for text in texts]
    documents.append({"type": "JSON", "jsonDocument": {"about": "holidays"}})
    request: dict[str, Any] = {
        "queries": [{"type": "TEXT", "textQuery": {"text": QUESTION}}],
        "sources": [{"type": "INLINE", "inlineDocumentSource": document} for document in documents],
    }

    def rerank(**more: Any) -> Any:
        return runtime.rerank(**request, rerankingConfiguration=reranking(**more))["results"]

    ordered = [result["index"] for result in rerank()]
    assert ordered[0] == 1
    assert sorted(ordered) == [0, 1, 2]
    assert [result["index"] for result in rerank(numberOfResults=1)] == [1]
    with pytest.raises(ClientError, match="exceeds the number of sources"):
        rerank(numberOfResults=4)

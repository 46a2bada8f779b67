"""One way to search a knowledge base and to answer from it, as the calls of Bedrock that the inference API makes too.

Rights: bedrock:Retrieve on the knowledge base, bedrock:RetrieveAndGenerate on "*", bedrock:InvokeModel on the model
that answers, and bedrock:Rerank with bedrock:InvokeModel on the model that reranks.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerate.html
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit.stack_outputs import stack_outputs
from kit_contract.errors import ExternalError, InputError
from kit_contract.model_arns import model_arn
from kit_contract.stacks import guardrail_output, inference_api_stack
from model_catalog.catalog import without_prefix

DEFAULT_RESULTS, MOST_RESULTS = 5, 100
LONGEST_QUESTION = 1_000  # RetrieveAndGenerate's


@dataclass(frozen=True)
class Passage:
    """`source`: the address of its document, or its id."""

    text: str
    score: float | None
    source: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """A part of an answer and what it cites: texts and sources of passages."""

    text: str
    cited: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reply:
    parts: tuple[Part, ...]
    seconds: float
    guardrail_action: str | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Search:
    """`model`: the ARN or id of the model that answers. `guardrail`: its configuration in a request.

    `prompt`: the template of what the model is asked; Bedrock's own if None.
    `hybrid`: by words, too; False is by meaning alone, and None leaves it to Bedrock.
    """

    knowledge_base: KnowledgeBase
    results: int = DEFAULT_RESULTS
    hybrid: bool | None = None
    rerank_arn: str | None = None
    filter: Mapping[str, Any] | None = None
    model: str = ""
    guardrail: Mapping[str, str] | None = None
    prompt: str | None = None

    @property
    def configuration(self) -> dict[str, Any]:
        """A retrievalConfiguration."""
        if self.managed:
            return {"managedSearchConfiguration": self._managed_search}
        search: dict[str, Any] = {"numberOfResults": self.results}
        if self.hybrid is not None:
            search["overrideSearchType"] = "HYBRID" if self.hybrid else "SEMANTIC"
        if self.filter is not None:
            search["filter"] = self.filter
        if self.rerank_arn:
            model = {"modelConfiguration": {"modelArn": self.rerank_arn}}
            search["rerankingConfiguration"] = {
                "type": "BEDROCK_RERANKING_MODEL",
                "bedrockRerankingConfiguration": model,
            }
        return {"vectorSearchConfiguration": search}

    @property
    def answer_configuration(self) -> dict[str, Any]:
        """A knowledgeBaseConfiguration of RetrieveAndGenerate."""
        generation: dict[str, Any] = {"guardrailConfiguration": self.guardrail} if self.guardrail else {}
        if self.prompt:
            generation["promptTemplate"] = {"textPromptTemplate": self.prompt}
        return {
            "knowledgeBaseId": self.knowledge_base.id,
            "modelArn": self.model,
            "retrievalConfiguration": self.configuration,
            **({"generationConfiguration": generation} if generation else {}),
        }

    @property
    def managed(self) -> bool:
        section = self.knowledge_base.section
        return section is not None and section.store == "managed"

    @property
    def _managed_search(self) -> dict[str, Any]:
        """AWS decides how it searches. Its reranker is not asked: it takes no model of deployment.toml."""
        search: dict[str, Any] = {"numberOfResults": self.results, "rerankingModelType": "NONE"}
        return search if self.filter is None else {**search, "filter": self.filter}

    def passages(self, runtime: Any, question: str) -> list[Passage]:
        """The best first."""
        answer = runtime.retrieve(
            knowledgeBaseId=self.knowledge_base.id,
            retrievalQuery={"text": question},
            retrievalConfiguration=self.configuration,
            **({"guardrailConfiguration": self.guardrail} if self.guardrail else {}),
        )
        return [passage_of(item) for item in answer["retrievalResults"]]

    def check_answers(self) -> None:
        """Raises InputError if it gives no answers."""
        if self.managed:
            raise InputError(
                f"{self.knowledge_base.name} is a managed knowledge base, which RetrieveAndGenerate can't ask; "
                "show its passages with kit knowledge ask --passages-only"
            )

    def answer(self, runtime: Any, question: str) -> Reply:
        self.check_answers()
        begun = time.monotonic()
        said = runtime.retrieve_and_generate(
            input={"text": question},
            retrieveAndGenerateConfiguration={
                "type": "KNOWLEDGE_BASE",
                "knowledgeBaseConfiguration": self.answer_configuration,
            },
        )
        parts = answer_parts(said["output"]["text"], said.get("citations", []))
        return Reply(parts, time.monotonic() - begun, said.get("guardrailAction"))


def passage_of(raw: Mapping[str, Any]) -> Passage:
    return Passage(
        text=raw.get("content", {}).get("text", ""),
        score=raw.get("score"),
        source=source_of(raw),
        metadata=raw.get("metadata", {}),
    )


def source_of(raw: Mapping[str, Any]) -> str:
    """Each type of location has one field with it: uri, url, id or query."""
    locations = [value for value in raw.get("location", {}).values() if isinstance(value, dict)]
    return next((str(value) for location in locations for value in location.values()), "")


def answer_parts(text: str, citations: list[dict[str, Any]]) -> tuple[Part, ...]:
    """The whole text, cut behind each part that cites something. Spans may lack or overlap: then it is not cut."""
    parts, begin = [], 0
    for citation in citations:
        said = citation.get("generatedResponsePart", {}).get("textResponsePart", {})
        place = text.find(said.get("text", ""), begin)
        end = place + len(said.get("text", "")) if place >= 0 else begin
        cited = tuple((item.text, item.source) for item in map(passage_of, citation.get("retrievedReferences", ())))
        parts.append(Part(text[begin:end], cited))
        begin = end
    return (*parts, Part(text[begin:], ())) if begin < len(text) else tuple(parts)


def search_for(
    deployed: Deployed,
    knowledge_base: KnowledgeBase,
    *,
    results: int = DEFAULT_RESULTS,
    hybrid: bool | None = None,
    rerank: bool = False,
    filters: Mapping[str, Any] | None = None,
) -> Search:
    """With the models and the guardrail of deployment.toml. Raises KitError."""
    section = knowledge_base.section
    if section is None:
        raise InputError(
            f"deployment.toml has no section of the knowledge base {knowledge_base.name}, so no model that answers; "
            "name another file with --config, or add the section"
        )
    if section.store == "managed" and (hybrid or rerank):
        given = "--hybrid" if hybrid else "--rerank"
        raise InputError(f"{knowledge_base.name} is managed: AWS decides how it searches; leave out {given}")
    if rerank and not section.rerank_model:
        raise InputError(
            f"the knowledge base {knowledge_base.name} has no model to rerank with; set rerank_model in its section "
            "and deploy"
        )
    if not 1 <= results <= MOST_RESULTS:
        raise InputError(f"--results must be 1 to {MOST_RESULTS}, got {results}")
    return Search(
        knowledge_base,
        results,
        hybrid,
        arn_of(deployed, section.rerank_model) if rerank and section.rerank_model else None,
        filters,
        arn_of(deployed, section.model),
        _guardrail(deployed, section.guardrail),
        section.prompt.template if section.prompt else None,
    )


def arn_of(deployed: Deployed, model: str) -> str:
    """Of an id or an ARN. A profile's ARN has the account's number, which is looked up."""
    if model_arn(model):
        return model
    start = f"arn:{deployed.partition}:bedrock:{deployed.region}"
    if without_prefix(model) == model:
        return f"{start}::foundation-model/{model}"
    account = deployed.client("sts").get_caller_identity()["Account"]
    return f"{start}:{account}:inference-profile/{model}"


def _guardrail(deployed: Deployed, name: str | None) -> dict[str, str] | None:
    """What callers of the API get: an answer without its guardrail is not theirs."""
    if name is None:
        return None
    stack = inference_api_stack(deployed.name)
    outputs = stack_outputs(deployed.client("cloudformation"), stack) or {}
    said = outputs.get(guardrail_output(name), "").split()
    if len(said) != 3:
        raise ExternalError(f"stack {stack} does not tell the guardrail {name}; deploy it again: kit deploy")
    return {"guardrailId": said[1], "guardrailVersion": said[2]}

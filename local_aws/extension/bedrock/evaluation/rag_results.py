"""Asks the knowledge base of a RagEvaluation job each prompt, with the job's role, and has passages and answers judged.

The place and the fields of AWS's results are not in its user guide; they are assumed here.
"""

from typing import Any

from ministack.services import bedrock

from local_aws.extension.bedrock.evaluation import rag_request
from local_aws.extension.bedrock.evaluation.answer_records import DatasetError
from local_aws.extension.bedrock.evaluation.judge import graded, invoked_arn
from local_aws.extension.bedrock.evaluation.rag_records import Turn, reference_of, text_of
from local_aws.extension.bedrock.responses import BedrockError, arn
from local_aws.extension.bedrock.service_roles import role_allows_on
from local_aws.extension.knowledge_bases import retrieval, retrieve_and_generate

PLACE = "inference_configs/INDEX_0/datasets/{}"
RERANKING = "rerankingConfiguration"
INVOKE = ("InvokeModel", "InvokeModelWithResponseStream")  # the page has both; which one the job calls it doesn't say


def check_role(body: dict[str, Any]) -> None:
    """Raises DatasetError for what the role may not do that the job does.

    https://docs.aws.amazon.com/bedrock/latest/userguide/rag-eval-service-roles.html
    RetrieveAndGenerate takes no ARN, whatever the page's example says (Service Authorization Reference).
    """
    role, searched = body["roleArn"], rag_request.searched(body)
    needed = [("bedrock:Retrieve", arn(f"knowledge-base/{searched['knowledgeBaseId']}"))]
    if rag_request.answers(body):
        needed += [
            ("bedrock:RetrieveAndGenerate", "*"),
            *((f"bedrock:{action}", invoked_arn(searched["modelArn"])) for action in INVOKE),
        ]
        if RERANKING in _search(body):
            needed.append(("bedrock:Rerank", "*"))
    if guardrail := (searched.get("generationConfiguration") or {}).get("guardrailConfiguration"):
        needed.append(("bedrock:ApplyGuardrail", arn(f"guardrail/{guardrail['guardrailId']}")))
    for action, resource in needed:
        tags = {f"aws:resourcetag/{key}": value for key, value in bedrock._tags.get(resource, {}).items()}
        if not role_allows_on(role, action, resource, tags):
            raise DatasetError(f"The role {role} is not authorized to perform: {action} on resource: {resource}")


def result(body: dict[str, Any], turns: list[Turn], evaluator: str, metrics: list[str]) -> dict[str, Any]:
    """One line of the output. Raises DatasetError for what the knowledge base refuses."""
    return {"conversationTurns": [_turn(body, turn, evaluator, metrics) for turn in turns]}


def _turn(body: dict[str, Any], turn: Turn, evaluator: str, metrics: list[str]) -> dict[str, Any]:
    question, searched = text_of(turn["prompt"]), rag_request.searched(body)
    try:
        passages = retrieval.ranked(searched["knowledgeBaseId"], question, _search(body))
        parts = _answered(searched, question) if rag_request.answers(body) else []
    except BedrockError as error:
        raise DatasetError(str(error)) from None
    found = {"retrievalResults": [{"content": item["content"], "location": item["location"]} for item in passages]}
    output: dict[str, Any] = {"knowledgeBaseIdentifier": searched["knowledgeBaseId"]}
    if rag_request.answers(body):
        output |= {"text": " ".join(text for text, _ in parts), "modelIdentifier": searched["modelArn"]}
        output |= {"retrievedPassages": found, "citations": retrieve_and_generate.cited(parts)}
    else:
        output["retrievedResults"] = found
    cited = [item["content"]["text"] for _, references in parts for item in references]
    texts = [item["content"]["text"] for item in passages]
    results = [_judged(evaluator, metric, turn, output.get("text", ""), texts, cited) for metric in metrics]
    return {"inputRecord": turn, "output": output, "results": results}


def _answered(searched: dict[str, Any], question: str) -> retrieve_and_generate.Parts:
    configuration = {"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": searched}
    return retrieve_and_generate.guarded(
        {"input": {"text": question}, "retrieveAndGenerateConfiguration": configuration}
    )[0]


def _judged(
    evaluator: str, metric: str, turn: Turn, answer: str, passages: list[str], cited: list[str]
) -> dict[str, Any]:
    """Users saw no score of faithfulness for answers that cite nothing."""
    question, reference = text_of(turn["prompt"]), reference_of(turn)
    if metric == "Builtin.ContextRelevance":
        each = [graded(evaluator, metric, {"question": question, "response": text}) for text in passages]
        return _mean(metric, evaluator, [item["result"] for item in each if item["result"] is not None])
    if metric == "Builtin.ContextCoverage":
        parts = {"question": question, "response": reference, "passages": "\n\n".join(passages)}
    elif metric in ("Builtin.Faithfulness", "Builtin.CitationPrecision", "Builtin.CitationCoverage"):
        if not cited:
            return _mean(metric, evaluator, [])
        seen = passages if metric == "Builtin.Faithfulness" else cited
        parts = {"question": question, "response": answer, "passages": "\n\n".join(seen)}
    else:
        known = {"reference": reference} if reference else {}
        parts = {"question": question, **known, "response": answer}
    return graded(evaluator, metric, parts)


def _mean(metric: str, evaluator: str, values: list[float]) -> dict[str, Any]:
    said = f"Mean of {len(values)} grades." if values else "Nothing to grade."
    mean = sum(values) / len(values) if values else None
    details = [{"modelIdentifier": evaluator, "explanation": said}]
    return {"metricName": metric, "result": mean, "evaluatorDetails": details}


def _search(body: dict[str, Any]) -> dict[str, Any]:
    searched = rag_request.searched(body)
    configuration = searched.get("retrievalConfiguration") or searched.get("knowledgeBaseRetrievalConfiguration") or {}
    found: dict[str, Any] = configuration.get("vectorSearchConfiguration") or {}
    return found

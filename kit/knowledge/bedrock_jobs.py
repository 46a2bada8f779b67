"""What Bedrock's evaluation jobs of an evaluation are: requests, and names that say what is judged. Pure.

A way to ask needs up to two jobs: one searches, one asks for answers. A job's name has a hash of all that its scores
depend on, so that the same is found again and not paid for twice; a later attempt has a number behind it.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateEvaluationJob.html
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.knowledge.cases import Case
from kit.knowledge.search import Search
from kit_contract.evaluation_jobs import TASK_TYPE
from kit_contract.rag_evaluation_jobs import APPLICATION, GENERATION, METRICS, RETRIEVAL
from kit_contract.tags import DEPLOYMENT_TAG

DATASET = "questions"
# The others find what is bad in an answer: few knowledge bases need them, and each is paid for.
USUAL = tuple(name for name in METRICS if not name.startswith("no_"))


@dataclass(frozen=True)
class Place:
    """Where a job reads and writes, and as whom. `folder` ends in a slash."""

    bucket: str
    folder: str
    role_arn: str


@dataclass(frozen=True)
class Job:
    """One job of one way. `metrics`: the kit's names. `source`: a knowledgeBaseConfig."""

    deployment: str
    stem: str
    place: Place
    evaluator: str
    metrics: tuple[str, ...]
    source: Mapping[str, Any]
    questions: bytes

    @property
    def answers(self) -> bool:
        return "retrieveAndGenerateConfig" in self.source

    def name(self, attempt: int) -> str:
        return self.stem if attempt == 1 else f"{self.stem}-{attempt}"

    def attempt(self, name: str) -> int | None:
        """Which attempt has this name; None if it is none of this job."""
        rest = name.removeprefix(self.stem)
        if name == self.stem:
            return 1
        return int(rest[1:]) if rest != name and rest[0] == "-" and rest[1:].isdecimal() else None

    def dataset_key(self, name: str) -> str:
        return f"{self.place.folder}{name}/{DATASET}.jsonl"

    def request(self, name: str) -> dict[str, Any]:
        dataset = {
            "taskType": TASK_TYPE,
            "dataset": {
                "name": DATASET,
                "datasetLocation": {"s3Uri": f"s3://{self.place.bucket}/{self.dataset_key(name)}"},
            },
            "metricNames": [METRICS[metric] for metric in self.metrics],
        }
        judge = {"bedrockEvaluatorModels": [{"modelIdentifier": self.evaluator}]}
        return {
            "jobName": name,
            "clientRequestToken": name,
            "roleArn": self.place.role_arn,
            "applicationType": APPLICATION,
            "jobTags": [{"key": DEPLOYMENT_TAG, "value": self.deployment}],
            "evaluationConfig": {"automated": {"datasetMetricConfigs": [dataset], "evaluatorModelConfig": judge}},
            "inferenceConfig": {"ragConfigs": [{"knowledgeBaseConfig": self.source}]},
            # Bedrock adds a folder with the job's name.
            "outputDataConfig": {"s3Uri": f"s3://{self.place.bucket}/{self.place.folder}"},
        }


def jobs_of(
    deployment: str,
    search: Search,
    cases: Sequence[Case],
    *,
    place: Place,
    evaluator: str,
    metrics: Sequence[str],
    state: Sequence[str],
) -> list[Job]:
    """`state`: of the documents, so that other documents are judged anew."""
    questions = _dataset(cases)
    found = []
    for kind, known, source in (("search", RETRIEVAL, _retrieve(search)), ("answer", GENERATION, _generate(search))):
        wanted = tuple(metric for metric in metrics if metric in known)
        if not wanted:
            continue
        content = [deployment, place.bucket, place.folder, source, evaluator, wanted, questions.decode(), list(state)]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
        found.append(Job(deployment, f"kit-knowledge-{kind}-{digest}", place, evaluator, wanted, source, questions))
    return found


def _retrieve(search: Search) -> dict[str, Any]:
    only = {
        "knowledgeBaseId": search.knowledge_base.id,
        "knowledgeBaseRetrievalConfiguration": search.configuration,
    }
    return {"retrieveConfig": only}


def _generate(search: Search) -> dict[str, Any]:
    return {
        "retrieveAndGenerateConfig": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": search.answer_configuration,
        }
    }


def _dataset(cases: Sequence[Case]) -> bytes:
    lines = [
        {
            "conversationTurns": [
                {
                    "prompt": {"content": [{"text": case.question}]},
                    "referenceResponses": [{"content": [{"text": case.answer}]}],
                }
            ]
        }
        for case in cases
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()

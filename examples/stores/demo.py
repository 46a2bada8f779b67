"""The steps of the demo: one deploy with a knowledge base in each store, the same questions to each, and a table."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from deployment.costs.lines import total
from deployment.costs.store_comparison import store_costs
from deployment.sections.knowledge_base import KnowledgeBase as Section
from examples.stores.table import Asked, StoreResult, as_record, store_table
from kit.hint import EMBEDDED
from kit.knowledge.cases import Case, read_cases
from kit.knowledge.deployed import KnowledgeBase
from kit.knowledge.scores import retrieval_scores
from kit.knowledge.search import Search
from kit.local.following_ingestion import follow_ingestion
from kit.local.stacks import LocalStacks, merged_outputs
from kit.local.watch import ended_with
from kit.progress import Progress
from kit_contract.counted import counted
from kit_contract.stacks import DATA_SOURCE_ID_OUTPUT, KNOWLEDGE_BASE_ID_OUTPUT

EXAMPLE = Path(__file__).parent / "deployment.toml"
QUESTIONS = EXAMPLE.parent.parent / "support" / "questions.jsonl"
PASSAGES = 3
ROUNDS = 5
MEANING, BOTH = "meaning", "meaning and words"
WAYS = {"s3-vectors": (MEANING,), "managed": ("as AWS decides",)}  # the others search both ways
NOTES = (
    "Latency and ingestion time are of this machine and its embedded AWS: they say nothing about AWS's.",
    "Recall is that of small static embeddings; on AWS, measure with kit knowledge evaluate.",
    "Idle cost is that on AWS, at list prices, for these documents; python -m kit cost stores has the details.",
)


class StoresDemo:
    """Runs once, on an embedded AWS in `state` that the caller stops. Writes `state`/summary.json."""

    def __init__(self, *, state: Path, port: int | None) -> None:
        self._progress = Progress(total=6, options=EMBEDDED)
        self._state = state
        self._config = load_deployment_config(EXAMPLE)
        region = self._config.deployment.region
        self._stacks = LocalStacks(region=region, state=state, port=port, progress=self._progress)

    def run(self) -> None:
        """Raises ExternalError if a store is not built or its documents are not ingested."""
        with ended_with(self._stacks.start()):
            self._stacks.bootstrap()
            self._progress.step("cdk deploy")
            outputs = self._stacks.deploy(EXAMPLE)
            self._progress.done()
            follow_ingestion(self._config, outputs, self._stacks.clients, self._progress)
            results = list(self._ask(read_cases(QUESTIONS), merged_outputs(outputs)))
            self._show(results)

    def _ask(self, cases: Sequence[Case], merged: dict[str, str]) -> Iterator[StoreResult]:
        self._progress.step("Questions")
        for name, section in self._config.built_knowledge_bases.items():
            key = self._config.knowledge_base_key(name)
            identifier = merged[f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}"]
            seconds = self._ingestion_seconds(identifier, merged[f"{key}{DATA_SOURCE_ID_OUTPUT}"])
            for searches_by in _ways(section):
                search = Search(KnowledgeBase(name, identifier, section), PASSAGES, hybrid=searches_by == BOTH)
                asked = self._asked(search, cases, f"{section.store}: {searches_by}")
                yield StoreResult(section.store, searches_by, asked, seconds, self._idle(section))
        self._progress.end_bar()
        self._progress.done(f"{counted(len(cases), 'question')}, {ROUNDS} times each")

    def _asked(self, search: Search, cases: Sequence[Case], title: str) -> list[Asked]:
        runtime = self._stacks.clients("bedrock-agent-runtime")
        search.passages(runtime, cases[0].question)  # what starts with the first search is no latency
        asked = []
        for number in range(ROUNDS):
            self._progress.bar((number + 1) / ROUNDS, title)
            asked += [_answered(search, runtime, case) for case in cases]
        return asked

    def _ingestion_seconds(self, knowledge_base: str, data_source: str) -> float:
        """Of all jobs: an upload that comes late starts another one."""
        agent = self._stacks.clients("bedrock-agent")
        found = agent.list_ingestion_jobs(knowledgeBaseId=knowledge_base, dataSourceId=data_source)
        return float(
            sum((job["updatedAt"] - job["startedAt"]).total_seconds() for job in found["ingestionJobSummaries"])
        )

    def _idle(self, section: Section) -> str:
        rows = store_costs(section, self._config.deployment.region, queries=0)
        return total([next(row.idle for row in rows if row.chosen)])

    def _show(self, results: Sequence[StoreResult]) -> None:
        self._progress.step("The stores")
        for line in (*store_table(results, PASSAGES), "", *NOTES):
            self._progress.line(line)
        (self._state / "summary.json").write_text(json.dumps([as_record(item) for item in results], indent=1))
        self._progress.done()


def _ways(section: Section) -> Sequence[str]:
    return WAYS.get(section.store, (MEANING, BOTH))


def _answered(search: Search, runtime: Any, case: Case) -> Asked:
    begun = time.perf_counter()
    passages = search.passages(runtime, case.question)
    seconds = time.perf_counter() - begun
    recall = retrieval_scores(case.documents, [passage.source for passage in passages])["recall"]
    assert recall is not None, f"line {case.line} of {QUESTIONS} names no documents"
    return Asked(recall, seconds)

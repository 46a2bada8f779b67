"""`kit knowledge evaluate --bedrock-job`: Bedrock asks the questions in each way, and a model of it judges.

What was judged before is not judged again: jobs are found by what they judge (bedrock_jobs.py).
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kit.knowledge.bedrock_jobs import USUAL, Job, Place, jobs_of
from kit.knowledge.cases import Case
from kit.knowledge.deployed import Deployed
from kit.knowledge.documents_state import documents_state
from kit.knowledge.job_account import Found, follow, found, output_of, started, stop
from kit.knowledge.job_cost import job_cost
from kit.knowledge.job_place import evaluator_of, place_of
from kit.knowledge.job_results import Judged, read_results
from kit.knowledge.measured import Answered
from kit.knowledge.question_cost import Cost, question_cost
from kit.knowledge.scores import answer_scores, retrieval_scores
from kit.knowledge.variants import Variant
from kit.progress import Progress
from kit.runs.words import usd
from kit_contract.counted import counted
from kit_contract.errors import InputError
from kit_contract.evaluation_jobs import MOST_RECORDS
from kit_contract.rag_evaluation_jobs import METRICS

NEEDS = ("metrics", "role", "folder", "again", "stop")


def add_job_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("evaluation jobs of Amazon Bedrock")
    job = "Bedrock asks and judges, with the evaluator_model of the section's .evaluation or --judge"
    group.add_argument("--bedrock-job", action="store_true", help=job)
    group.add_argument("--metrics", metavar="NAME,NAME", help=f"some of {', '.join(METRICS)} (default: not the last 3)")
    group.add_argument("--role", metavar="ARN", help="of the jobs (default: the one that the stack has made)")
    folder = "s3://bucket/prefix/ of questions and results (default: in the bucket of the documents)"
    group.add_argument("--folder", metavar="S3_URI", help=folder)
    group.add_argument("--again", action="store_true", help="judge anew what was judged before, which is billed")
    group.add_argument("--stop", action="store_true", help="stop the jobs of these questions that run, and start none")


def job_metrics(options: argparse.Namespace) -> tuple[str, ...]:
    """The kit's names; none without --bedrock-job. Raises InputError."""
    if not options.bedrock_job:
        for name in NEEDS:
            if getattr(options, name):
                raise InputError(f"--{name} is of evaluation jobs; add --bedrock-job")
        return ()
    names = [name.strip() for name in options.metrics.split(",")] if options.metrics else list(USUAL)
    for name in names:
        if name not in METRICS:
            raise InputError(f"--metrics must be some of {', '.join(METRICS)}, got {name!r}")
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class JobEvaluation:
    """The jobs that `ways` need."""

    deployed: Deployed
    ways: Sequence[Variant]
    cases: Sequence[Case]
    metrics: Sequence[str]
    options: argparse.Namespace

    @cached_property
    def found(self) -> list[tuple[Variant, Found]]:
        """In the order of the ways. Raises KitError, and botocore's errors."""
        if len(self.cases) > MOST_RECORDS:
            raise InputError(f"a job takes at most {MOST_RECORDS:,} questions, got {len(self.cases):,}; split the file")
        bedrock = self.deployed.client("bedrock")
        return [(way, found(job, bedrock, again=self.options.again)) for way in self.ways for job in self._jobs_of(way)]

    @property
    def due(self) -> list[tuple[Variant, Found]]:
        """Those that have to start."""
        return [(way, one) for way, one in self.found if one.to_start]

    def question(self) -> str:
        cost = Cost()
        for way, one in self.due:
            cost += job_cost(self.deployed, way, one.job, self.cases)
        known = f", without {', '.join(cost.missing)}, whose prices are unknown" if cost.missing else ""
        there = len(self.found) - len(self.due)
        kept = f" ({there} more are there already)" if there else ""
        return (
            f"{counted(len(self.due), 'evaluation job')} with {counted(len(self.cases), 'question')} each "
            f"{'is' if len(self.due) == 1 else 'are'} billed{kept}, about USD {usd(cost.usd)} by estimate{known}. "
            "Start?"
        )

    def stop(self) -> int:
        names = stop([one for _, one in self.found], self.deployed.client("bedrock"))
        print("\n".join(f"stopping {name}" for name in names) or "no job of these questions runs")
        return 0

    def answers(self) -> list[list[Answered]]:
        """For each way in the order of the questions. Raises ExternalError for jobs that failed."""
        bedrock, s3 = (self.deployed.client(service) for service in ("bedrock", "s3"))
        begun = [(way, started(one, bedrock, s3) if one.to_start else one) for way, one in self.found]
        progress = Progress(1, sys.stderr)
        progress.step(f"{counted(len(begun), 'evaluation job')} for {counted(len(self.ways), 'way')}")
        try:
            follow(
                [one for _, one in begun],
                bedrock,
                lambda done, of: progress.bar(done / of, f"{done} of {counted(of, 'job')} done"),
            )
        except KeyboardInterrupt:
            progress.line("the jobs go on at AWS: the same command follows them, and with --stop it stops them")
            raise
        finally:
            progress.end_bar()
        results = [(way, read_results(output_of(one, s3), self.cases, one.name)) for way, one in begun]
        return [
            [
                _answered(self.deployed, way, case, [items[number] for of, items in results if of is way])
                for number, case in enumerate(self.cases)
            ]
            for way in self.ways
        ]

    def _jobs_of(self, way: Variant) -> list[Job]:
        knowledge_base = way.search.knowledge_base
        if way.search.managed:
            raise InputError(
                f"{knowledge_base.name} is a managed knowledge base, which evaluation jobs can't ask: leave out "
                "--bedrock-job, and its passages are measured, or name others with --knowledge-base"
            )
        place: Place = place_of(self.deployed, knowledge_base, self.options)
        return jobs_of(
            self.deployed.name,
            way.search,
            self.cases,
            place=place,
            evaluator=evaluator_of(knowledge_base, self.options),
            metrics=self.metrics,
            state=documents_state(self.deployed, way.description),
        )


def _answered(deployed: Deployed, way: Variant, case: Case, judged: Sequence[Judged]) -> Answered:
    """Of the jobs of one way. The figures that need no judge are counted here, of the same passages."""
    scores = {name: value for one in judged for name, value in one.scores.items()}
    if not all(one.scores for one in judged):
        return Answered(case, error="Bedrock's results do not have this question")
    passages, sources = next(((one.passages, one.sources) for one in judged if one.passages), ([], []))
    answer = next((one.answer for one in judged if one.answer), "")
    if all(sources):
        scores |= retrieval_scores(case.documents, sources)
    if answer:
        scores |= answer_scores(case.question, case.answer, answer, passages)
    cost = question_cost(deployed, way.search, way.description, case.question, passages, answer)
    return Answered(case, answer, tuple(sources), scores, None, None, cost)

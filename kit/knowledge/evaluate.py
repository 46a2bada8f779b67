"""`kit knowledge evaluate`: your questions, asked in several ways, and their answers' scores in one table.

Exit codes: 0; 1 if a mean is below its --at-least or AWS refused a question.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kit.knowledge.arguments import add_common_arguments, add_filter
from kit.knowledge.cases import Case, read_cases
from kit.knowledge.deployed import Deployed, connect
from kit.knowledge.earlier import read_earlier
from kit.knowledge.evaluation_table import as_json, as_text
from kit.knowledge.figures import METRICS, Figures, differences, figures_of
from kit.knowledge.filters import filter_from
from kit.knowledge.job_evaluation import JobEvaluation, add_job_arguments, job_metrics
from kit.knowledge.judge import JUDGED, Judge
from kit.knowledge.measured import Answered, Judging, measure
from kit.knowledge.question_cost import question_cost
from kit.knowledge.scores import SCORES
from kit.knowledge.search import DEFAULT_RESULTS, arn_of
from kit.knowledge.variants import Variant, numbers, variants
from kit.progress import Progress
from kit.runs.asking import agreed
from kit.runs.words import usd
from kit_contract.counted import counted
from kit_contract.errors import InputError

AT_ONCE = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help='JSON Lines of {"question", "answer", "documents"}')
    results = f"passages, or several numbers to compare, such as 3,5,10 (default {DEFAULT_RESULTS})"
    parser.add_argument("--results", default=str(DEFAULT_RESULTS), metavar="N,N", help=results)
    parser.add_argument("--hybrid", action="store_true", help="compare hybrid search, too, where the store has it")
    parser.add_argument("--rerank", action="store_true", help="compare passages in the order of rerank_model, too")
    judge = "a model that judges the answers, and the passages of questions that name no documents"
    parser.add_argument("--judge", metavar="MODEL", help=judge)
    least = f"exit code 1 if a mean is lower in any way; METRIC is one of {', '.join(METRICS)}"
    parser.add_argument("--at-least", metavar="METRIC=NUMBER", action="append", default=[], help=least)
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help=f"questions asked at a time (default {AT_ONCE})")
    parser.add_argument("--yes", action="store_true", help="ask the models, which is billed, without being asked")
    parser.add_argument(
        "--save", metavar="FILE", type=Path, help="write all figures and answers, as --json prints them"
    )
    compare = "the figures of this saved file, too; may be given several times"
    parser.add_argument("--compare", metavar="FILE", type=Path, action="append", default=[], help=compare)
    add_job_arguments(parser)
    add_filter(parser)


def run(options: argparse.Namespace) -> int:
    metrics = job_metrics(options)
    least = thresholds(options.at_least, judged=options.judge is not None, job=metrics)
    if not 1 <= options.at_once <= 64:
        raise InputError(f"--at-once must be 1 to 64, got {options.at_once}")
    counts, filters, cases = numbers(options.results), filter_from(options.filter), read_cases(options.file)
    earlier = [way for file in options.compare for way in read_earlier(file, cases)]
    deployed = connect(options.config, options.environment, local=options.local)
    ways = variants(
        deployed,
        deployed.chosen(options.knowledge_base),
        results=counts,
        hybrid=options.hybrid,
        rerank=options.rerank,
        filters=filters,
    )
    if options.bedrock_job:
        jobs = JobEvaluation(deployed, ways, cases, metrics, options)
        if options.stop:
            return jobs.stop()
        if jobs.due and not options.local and not agreed(jobs.question(), options):
            return 1
        answers = jobs.answers()
    else:
        if not options.local and not agreed(_question(deployed, ways, cases, options.judge), options):
            return 1
        answers = _measured(deployed, ways, cases, options)
    new = list(zip((way.name for way in ways), answers, strict=True))
    return _told(new, earlier, least, options)


def _measured(
    deployed: Deployed, ways: list[Variant], cases: list[Case], options: argparse.Namespace
) -> list[list[Answered]]:
    judging = _judging(deployed, options.judge)
    progress = Progress(1, sys.stderr)
    progress.step(f"{counted(len(cases), 'question')} in {counted(len(ways), 'way')}")
    answers = measure(
        deployed,
        ways,
        cases,
        judging,
        at_once=options.at_once,
        say=lambda done, of: progress.bar(done / of, f"{100 * done // of // 10 * 10} % answered"),
    )
    progress.end_bar()
    return answers


def _told(
    new: Sequence[tuple[str, Sequence[Answered]]],
    earlier: Sequence[tuple[str, Sequence[Answered]]],
    least: dict[str, float],
    options: argparse.Namespace,
) -> int:
    """No threshold holds for the earlier ones, and they are not saved again."""
    answers = [of for _, of in (*new, *earlier)]
    found = [figures_of(name, of) for name, of in (*new, *earlier)]
    own = found[: len(new)]
    below = faults(own, least)
    if options.save:
        options.save.write_text(as_json(own, answers[: len(new)], below) + "\n", encoding="utf-8")
    if options.json:
        print(as_json(found, answers, below))
    else:
        print("\n".join(as_text(found, [differences(answers[0], one) for one in answers], answers)))
    for fault in below:
        print(fault, file=sys.stderr)
    return 1 if below or any(one.failed for one in own) else 0


def thresholds(given: list[str], *, judged: bool, job: Sequence[str] = ()) -> dict[str, float]:
    """`job`: the metrics of evaluation jobs, if they judge. Raises InputError."""
    found = {}
    allowed = (*SCORES, *(job or JUDGED))
    for text in given:
        metric, _, number = text.partition("=")
        try:
            found[metric] = float(number)
        except ValueError:
            raise InputError(f"--at-least must be METRIC=NUMBER, such as recall=0.9, got {text}") from None
        if metric not in allowed or not 0 <= found[metric] <= 1:
            other = "" if job else "; those of evaluation jobs need --bedrock-job"
            raise InputError(
                f"--at-least: METRIC must be one of {', '.join(allowed)} and NUMBER 0 to 1, got {text}{other}"
            )
        if metric in JUDGED and not judged:
            raise InputError(f"--at-least {metric} needs a model that judges; add --judge MODEL")
    return found


def faults(found: list[Figures], least: dict[str, float]) -> list[str]:
    """A metric that no question has is a fault, too: nothing was measured."""
    below = []
    for one in found:
        for metric, wanted in least.items():
            estimate = one.estimates.get(metric)
            if estimate is None:
                below.append(f"{one.name}: {metric} must be at least {wanted:g}, but no question has it")
            elif estimate.mean < wanted:
                below.append(f"{one.name}: {metric} must be at least {wanted:g}, got {estimate.mean:.3f}")
    return below


def _question(deployed: Deployed, ways: list[Variant], cases: list[Case], judge: str | None) -> str:
    """With what the answers cost at least: of their expected text, and without passages, which are not known yet."""
    each = [
        question_cost(deployed, way.search, way.description, case.question, [case.answer], case.answer)
        for way in ways
        for case in cases
    ]
    least = usd(sum(one.usd for one in each))
    searched = sum(way.search.managed for way in ways)
    answered, judged_passages = len(ways) - searched, sum(not case.documents for case in cases)
    calls = answered * len(cases) + len(ways) * judged_passages
    judged = f", and {counted(calls, 'call')} of {judge}" if judge else ""
    numbers = {"answers": answered, "searches of managed knowledge bases": searched}
    billed = " and ".join(f"{number * len(cases)} {what}" for what, number in numbers.items() if number)
    return f"{billed} are billed, at least USD {least}{judged}. Ask them?"


def _judging(deployed: Deployed, model: str | None) -> Judging | None:
    return Judging(Judge(deployed.client("bedrock-runtime"), arn_of(deployed, model)), model) if model else None

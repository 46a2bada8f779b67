"""`kit agents evaluate FILE`: asks an agent each question in a session of its own, and scores what it does and says.

Exit codes: 0; 1 if a smaller share than --at-least passes, or a case ends in an error: that one was not measured.
"""

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from deployment.config import DeploymentConfig, load_deployment_config
from kit.agents.agent_api import PENDING, AgentApi, AgentFailedError, add_agent_argument, chosen_agent, connect
from kit.agents.cases import Case, read_cases
from kit.agents.judge import Judge, judge_of, runtime_client, tried
from kit.agents.report import Result, as_json, as_table, share
from kit.agents.scores import score
from kit.deployment_arguments import add_deployment_arguments
from kit_contract.errors import InputError
from model_catalog.prices import price

MAX_DECISIONS = 5  # of one case
CALLERS_FAULT = (401, 403, 404)  # every other case would fail in the same way
Usd = Callable[[dict[str, int]], float | None]


class Judging(NamedTuple):
    """`usd`: of the judge's tokens."""

    judge: Judge
    usd: Usd


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser)
    parser.add_argument("file", type=Path, help="JSON lines; see docs/agents-api.md")
    add_agent_argument(parser)
    least = "exit with 1 if a smaller share of the cases passes, such as 0.9 (default 0); an error always exits with 1"
    judge = "a model that judges answers of cases with an answer: right, partly or wrong; in place of shared words"
    parser.add_argument("--judge", metavar="MODEL", help=judge)
    parser.add_argument("--at-least", type=_share, default=0.0, metavar="SHARE", help=least)


def run(options: argparse.Namespace) -> int:
    config = load_deployment_config(options.config, options.environment)
    agent = chosen_agent(config, options.config, options.agent)
    cases = read_cases(options.file)
    api = connect(options.config, options.environment, local=options.local)
    judging = None
    if options.judge:
        if not any(case.answer for case in cases):
            raise InputError(f"--judge reads the answers of cases with answer, and {options.file} has none; add it")
        judge = tried(judge_of(runtime_client(config, local=options.local), options.judge), options.judge)
        judging = Judging(judge, _pricing(config, options.judge))
    results = []
    usd = _pricing(config, config.agent_model(agent))
    for result in evaluated(api, agent, cases, usd, time.perf_counter, judging):
        results.append(result)
        if sys.stderr.isatty():
            print(f"case {len(results)} of {len(cases)}", end="\r", file=sys.stderr, flush=True)
    print(as_json(agent, results) if options.json else as_table(agent, results))
    return 0 if share(results) >= options.at_least and not any(result.error for result in results) else 1


def evaluated(
    api: AgentApi,
    agent: str,
    cases: Sequence[Case],
    usd: Callable[[dict[str, int]], float | None],
    clock: Callable[[], float],
    judging: Judging | None = None,
) -> Iterator[Result]:
    """Raises AgentFailedError if the API refuses the caller or does not know the agent."""
    for case in cases:
        started = clock()
        answers: list[dict[str, Any]] = []
        error = None
        try:
            for answer in _answers(api, agent, case):
                answers.append(answer)
        except AgentFailedError as failure:
            if failure.status in CALLERS_FAULT:
                raise
            error = str(failure)
        yield _judged(_result(case, answers, error, usd, clock() - started), judging)


def _judged(result: Result, judging: Judging | None) -> Result:
    """Only what a case expects of an answer, and an agent has answered, is worth a judge's tokens."""
    case = result.case
    if judging is None or case.answer is None or result.error is not None:
        return result
    verdict = judging.judge(case.question, case.answer, result.output)
    paid = judging.usd(verdict.tokens) if verdict.tokens else None
    return dataclasses.replace(result, score=score(case, result.output, result.calls, verdict), judge_usd=paid)


def _answers(api: AgentApi, agent: str, case: Case) -> Iterator[dict[str, Any]]:
    answer = api.invoke(agent, {"input": case.question})
    yield answer
    for _ in range(MAX_DECISIONS):
        calls = answer.get(PENDING)
        if not calls:
            return
        decision = "approve" if case.approve else "reject"
        answer = api.invoke(agent, {"session_id": answer["session_id"], decision: calls})
        yield answer


def _result(
    case: Case,
    answers: Sequence[dict[str, Any]],
    error: str | None,
    usd: Callable[[dict[str, int]], float | None],
    seconds: float,
) -> Result:
    # A call that waits is in the next answer again, with what became of it.
    decided = {tool["id"] for answer in answers[1:] for tool in answer["tools"]}
    calls = [
        tool for answer in answers for tool in answer["tools"] if tool["status"] != PENDING or tool["id"] not in decided
    ]
    output = "\n".join(answer["output"] for answer in answers if answer["output"])
    usages = [answer["usage"] for answer in answers]
    known = [usage for usage in usages if usage]
    whole = len(known) == len(usages) and bool(known)
    total = {name: sum(usage.get(name, 0) for usage in known) for name in ("input_tokens", "output_tokens")}
    return Result(
        case,
        score(case, output, calls) if error is None else None,
        output,
        calls,
        sum(total.values()) if whole else None,
        usd(total) if whole else None,
        seconds,
        error,
    )


def _pricing(config: DeploymentConfig, model: str) -> Usd:
    """US dollars of the model's tokens. What AgentCore charges for is not in an answer."""
    model, region = config.priced_model(model), config.deployment.region
    found = {name: price(name, model=model, region=region) for name in ("input_tokens", "output_tokens")}

    def usd(tokens: dict[str, int]) -> float | None:
        amounts = [found_price.of(tokens[name]) for name, found_price in found.items() if found_price]
        return sum(amounts) if len(amounts) == len(found) else None

    return usd


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be a share from 0 to 1, such as 0.9, got {text!r}")
    return value

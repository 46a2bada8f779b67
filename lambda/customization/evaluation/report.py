"""The report of an evaluation: evaluation.json for programs, and the same as Markdown for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from customization.evaluation import judge
from customization.evaluation.answers import Row
from customization.evaluation.verdict import Judgement, MetricResult
from kit_contract.counted import counted
from kit_contract.evaluations import WIN_RATE, EvaluationSpecification, Prepared
from kit_contract.runs import Run
from training_data.confidence import Estimate
from training_data.text_metrics import METRICS

ROLES = ("candidate", "baseline")
DECISIONS = {"promote": "is promoted", "keep": "is kept, not promoted", "approve": "waits for an approval"}


def scores_of(rows: Sequence[Row], role: str, settings: EvaluationSpecification) -> dict[str, list[float]]:
    """Each metric's scores by record. An answer that the model refused scores 0."""
    found = {
        name: [0.0 if "error" in row[role] else METRICS[name](row[role]["text"], row["reference"]) for row in rows]
        for name in settings.metrics
        if name in METRICS
    }
    if role == "candidate" and WIN_RATE in settings.metrics:
        found[WIN_RATE] = [judge.score([item["winner"] for item in row["judge"]]) for row in rows]
    return found


def answers_of(rows: Sequence[Row]) -> dict[str, list[Mapping[str, Any]]]:
    """Role -> its answers; those of a judge are empty without one."""
    found = {role: [row[role] for row in rows] for role in ROLES}
    return {**found, "judge": [item for row in rows for item in row.get("judge", [])]}


def json_report(
    run: Run, model_arn: str, prepared: Prepared, rows: Sequence[Row], judgement: Judgement
) -> dict[str, Any]:
    settings = run.specification.evaluation
    assert settings
    answered = answers_of(rows)
    return {
        "run_id": run.run_id,
        "execution": run.execution_name,
        "custom_model_arn": model_arn,
        "settings_hash": settings.settings_hash,
        "baseline": {"model": prepared["baseline_model"], "target": prepared["baseline_target"]},
        "dataset_key": settings.dataset_key,
        "records": len(rows),
        "confidence": settings.confidence,
        "judge_model": settings.judge_model or None,
        "metrics": {name: result.to_json() for name, result in judgement.results.items()},
        "criteria": judgement.criteria_json(),
        "decision": judgement.decision,
        "reason": judgement.reason,
        "decided_by": "thresholds",
        "refused": {role: sum("error" in answer for answer in answers) for role, answers in answered.items()},
        "cut": {role: sum(_is_cut(answer) for answer in answered[role]) for role in ROLES},
        "judge_by_order": sum(_by_order(row) for row in rows) if settings.judge_model else None,
        "usage": _usage(answered, _prices(settings, prepared["baseline_model"])),
        "answers": prepared["folder"],
    }


def jobs_part(
    settings: EvaluationSpecification, scores: Mapping[str, Sequence[float]], report: Mapping[str, Any]
) -> dict[str, Any]:
    """What evaluation jobs add to the report. Bedrock doesn't report their tokens, so the sum is unknown with them."""
    if not settings.job_metrics:
        return {}
    unscored = {name: report["records"] - len(scores.get(name, ())) for name in settings.job_metrics}
    usage = {**report["usage"], "usd": None}
    return {"evaluator_model": settings.evaluator_model, "unscored": unscored, "usage": usage}


def _is_cut(answer: Mapping[str, Any]) -> bool:
    return answer.get("stop_reason") == "max_tokens"


def _by_order(row: Row) -> bool:
    return len({item["winner"] for item in row["judge"]}) > 1


def _prices(settings: EvaluationSpecification, baseline: str) -> Mapping[str, tuple[float, float]]:
    """A custom model that serves costs what the candidate costs, not what the foundation model before it did."""
    if ":custom-model/" not in baseline:
        return settings.prices
    others = {role: price for role, price in settings.prices.items() if role != "baseline"}
    return {**others, **({"baseline": others["candidate"]} if "candidate" in others else {})}


def _usage(
    answers: Mapping[str, Sequence[Mapping[str, Any]]], prices: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    """Tokens of each role, and USD at the catalog's prices; None where a price is unknown."""
    found: dict[str, Any] = {}
    for role, items in answers.items():
        if not items:
            continue
        tokens = [sum(item.get(f"{way}_tokens", 0) for item in items) for way in ("input", "output")]
        price = prices.get(role)
        usd = tokens[0] * price[0] + tokens[1] * price[1] if price else None
        found[role] = {"input_tokens": tokens[0], "output_tokens": tokens[1], "usd": usd}
    costs = [item["usd"] for item in found.values()]
    return {**found, "usd": None if None in costs else sum(costs)}


def markdown_report(report: Mapping[str, Any], results: Mapping[str, MetricResult]) -> str:
    percent = f"{report['confidence']:.0%}"
    lines = [
        f"# Evaluation of {report['execution']}",
        "",
        f"The model {DECISIONS[report['decision']]}: {report['reason']}.",
        "",
        f"{report['records']} held-out records. In brackets: {percent} confidence interval.",
        "",
        "| metric | candidate | what serves now | difference | p |",
        "| --- | --- | --- | --- | --- |",
        *(_row(name, result, report["metrics"][name]["chance"]) for name, result in results.items()),
        "",
        "| threshold | wanted | outcome |",
        "| --- | --- | --- |",
        *(
            f"| {item['metric']} {item['kind'].replace('_', ' ')} | {item['threshold']:g} | {item['outcome']} |"
            for item in report["criteria"]
        ),
        "",
        f"- candidate: `{report['custom_model_arn']}`",
        f"- what serves now: `{report['baseline']['model']}`",
        *_notes(report),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, result: MetricResult, chance: float | None) -> str:
    values = [
        _shown(result.candidate),
        *(_shown(item) if item else "" for item in (result.baseline, result.difference)),
    ]
    return f"| {name} | {' | '.join(values)} | {'' if chance is None else f'{chance:.3g}'} |"


def _shown(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _notes(report: Mapping[str, Any]) -> list[str]:
    lines = []
    if report["judge_model"]:
        by_order = counted(report["judge_by_order"], "record")
        lines.append(f"- judge: `{report['judge_model']}`; in {by_order} the order decided")
    if "evaluator_model" in report:
        unscored = ", ".join(f"{name} {count}" for name, count in report["unscored"].items())
        lines.append(f"- evaluation jobs: judged by `{report['evaluator_model']}`, whose tokens Bedrock doesn't report")
        lines.append(f"- records without a score in them: {unscored}")
    for what, text in (("refused", "questions refused"), ("cut", "answers cut at max_tokens")):
        if counts := {role: count for role, count in report[what].items() if count}:
            lines.append(f"- {text}: " + ", ".join(f"{role} {count}" for role, count in counts.items()))
    usage = report["usage"]
    tokens = ", ".join(
        f"{role} {item['input_tokens']:,} + {item['output_tokens']:,}"
        for role, item in usage.items()
        if isinstance(item, dict)
    )
    usd = "unknown" if usage["usd"] is None else f"{usage['usd']:.6f} USD"
    lines.append(f"- tokens (input + output): {tokens}; cost {usd}")
    return lines

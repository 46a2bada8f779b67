"""A model judges whether an agent's answer says what the case expects: `kit agents evaluate --judge MODEL`."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from deployment.config import DeploymentConfig
from kit.answer_judge import CORRECT, RIGHT, WARNING, asked, last, plain
from kit.embedded_outputs import embedded_outputs
from kit_contract.aws_errors import code_of, message_of
from kit_contract.errors import InputError
from local_aws.guard import require_real

SYSTEM = (
    f"You judge the answer of an assistant to a question. {WARNING} {RIGHT} Give the reason in one sentence. End with "
    "<correct>yes|partly|no</correct>."
)
WORDS = {1.0: "right", 0.5: "partly", 0.0: "wrong"}
NONE = "no verdict"


class Verdict(NamedTuple):
    """`word`: right, partly or wrong, or "no verdict", which is no pass. `score` is None without one."""

    word: str
    score: float | None
    reason: str
    tokens: dict[str, int]


# Question, expected answer, answer.
Judge = Callable[[str, str, str], Verdict]


def judge_of(runtime: Any, model: str) -> Judge:
    def judged(question: str, expected: str, answer: str) -> Verdict:
        parts = {"question": question, "expected_answer": expected, "answer": answer}
        try:
            said = asked(runtime, model, SYSTEM, parts)
        except Exception as error:  # the other cases are worth their price
            if not code_of(error):
                raise
            return Verdict(NONE, None, f"{code_of(error)}: {message_of(error)}", {})
        score = CORRECT.get(last(said.text, "correct").lower())
        word = NONE if score is None else WORDS[score]
        reason = " ".join(plain(said.text.rpartition("<correct>")[0] or said.text).split())
        tokens = {"input_tokens": said.input_tokens, "output_tokens": said.output_tokens}
        return Verdict(word, score, reason, tokens)

    return judged


def tried(judge: Judge, model: str) -> Judge:
    """Before an agent is asked and paid. Raises InputError if the model can't be called."""
    verdict = judge("What is 1 + 1?", "2", "2")
    if not verdict.tokens:
        raise InputError(f"--judge: {model} can't be called: {verdict.reason}; no case was asked; name another model")
    return judge


def runtime_client(config: DeploymentConfig, *, local: bool) -> Any:
    """With your own credentials: the API's keys can't ask any model. Raises KitError."""
    if local:
        embedded = embedded_outputs()
        return embedded.session.client("bedrock-runtime", endpoint_url=embedded.endpoint_url)
    import boto3
    from botocore.config import Config

    require_real(os.environ)
    patient = Config(retries={"mode": "standard", "total_max_attempts": 8})
    return boto3.client("bedrock-runtime", region_name=config.deployment.region, config=patient)

"""`kit pipeline smoke`: asks what a deploy left one question each, through the deployed API. Exit code 1: no answer.

The key is that of the environment variable API_KEY, or the one that the stack made, if nobody has replaced it.
"""

import argparse
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.config import DeploymentConfig, load_deployment_config
from kit.deploy.account import Account
from kit.deployment_arguments import add_file_arguments
from kit.pipeline.smoke_questions import SmokeQuestion, read_questions
from kit.stack_outputs import stack_outputs
from kit_contract.api_keys import hash_of, read_current
from kit_contract.counted import counted
from kit_contract.errors import ExternalError, InputError
from kit_contract.stacks import API_KEY_SECRET_OUTPUT, inference_api_stack
from local_aws.guard import require_real
from model_catalog.data_files import by_id

KEY = "API_KEY"  # environment variable
QUESTION = "Answer with one word: are you there?"
TIMEOUT_SECONDS = 120.0
NO_ANSWER = 1


@dataclass(frozen=True)
class Api:
    """`url` ends in /v1."""

    url: str
    key: str

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Raises ExternalError."""
        headers = {"x-api-key": self.key, "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", json.dumps(body).encode(), headers)
        local = self.url.startswith("http://127.0.0.1")
        opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            raise ExternalError(f"{error.code}: {error.read().decode('utf-8', 'replace')[:300]}") from None
        except (OSError, ValueError) as error:
            raise ExternalError(f"{self.url} does not answer: {error}") from None
        return answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file_arguments(parser, defaults=False)
    parser.add_argument("--question", default=QUESTION, help=f"default: {QUESTION}")
    own = "ask these in place of it: JSON, one a line, with model or knowledge_base, question, and expect"
    parser.add_argument("--questions", type=Path, metavar="FILE", help=own)


def run(options: argparse.Namespace) -> int:
    path = Path(options.config).resolve()
    config = load_deployment_config(path, options.environment)
    if not config.inference_api:
        print(f"{path.name} has no [inference_api]: nothing to ask")
        return 0
    asked = read_questions(options.questions, config) if options.questions else questions(config, options.question)
    require_real(os.environ)
    api = connect(config, Account(None, config.deployment.region))
    failed = 0
    for question in asked:
        try:
            answer = api.post(question.route, dict(question.body))
        except ExternalError as error:
            failed += 1
            print(f"NO ANSWER  {question.what}: {error}")
            continue
        missing = question.missing(answer)
        failed += bool(missing)
        verdict = f"WRONG      {question.what}: without {missing}:" if missing else f"answered   {question.what}:"
        print(f"{verdict} {_shown(answer)}")
    return NO_ANSWER if failed else 0


def questions(config: DeploymentConfig, question: str) -> Iterator[SmokeQuestion]:
    """An alias whose model is called in another way is not asked."""
    for alias in asked_aliases(config):
        body = {"model": alias, "messages": [{"role": "user", "content": question}], "max_tokens": 20}
        yield SmokeQuestion(f"alias {alias}", "/chat/completions", body)
    for name in config.all_knowledge_bases:
        yield SmokeQuestion(f"knowledge base {name}", "/retrieve", {"query": question, "knowledge_base": name})


def asked_aliases(config: DeploymentConfig) -> list[str]:
    """Those whose model, as the catalog has it, writes text: others are called in another way."""
    known = by_id()
    models = {alias: known.get(config.model_id(item.model) or "") for alias, item in config.aliases.items()}
    return [alias for alias, model in models.items() if model is None or "text" in model.output]


def connect(config: DeploymentConfig, account: Account) -> Api:
    """Raises KitError, and botocore's errors."""
    stack = inference_api_stack(config.deployment.name)
    outputs = stack_outputs(account.client("cloudformation"), stack) or {}
    if "ApiUrl" not in outputs:
        raise ExternalError(f"stack {stack} is not deployed, so there is nothing to ask; run kit deploy")
    url = f"{outputs['ApiUrl'].rstrip('/')}/v1"
    if endpoint := account.client("sts").meta.endpoint_url:
        url = _on_this_machine(url, endpoint, outputs)
    return Api(url, os.environ.get(KEY) or _made_key(account.client("secretsmanager"), outputs))


def _on_this_machine(url: str, endpoint: str, outputs: dict[str, str]) -> str:
    """The embedded AWS has all of its APIs behind one address."""
    if not endpoint.startswith("http://127.0.0.1"):
        return url
    return f"{endpoint}/_aws/execute-api/{outputs['ApiId']}/{outputs['ApiStage']}/v1"


def _made_key(secrets: Any, outputs: dict[str, str]) -> str:
    text = secrets.get_secret_value(SecretId=outputs[API_KEY_SECRET_OUTPUT])["SecretString"]
    for key in read_current(text).keys.values():
        if hash_of(key.usage) == key.sha256:
            return key.usage
    raise InputError(f"the key that the stack made was replaced; set {KEY} to a key of the API (kit keys add NAME)")


def _shown(answer: dict[str, Any]) -> str:
    if "choices" in answer:
        text = str(answer["choices"][0]["message"].get("content") or "")
        return f"{text[:60]!r}, by {answer.get('served_by', {}).get('target', 'an unknown target')}"
    return counted(len(answer.get("results", answer.get("passages", []))), "passage")

"""Prints the summary of `kit local up`: answers, URL, key, snippets, next steps."""

import argparse
import os
import textwrap
from typing import Any

from deployment.alias_models import embedding_model
from deployment.config import DeploymentConfig
from kit.hint import CONFIG, EMBEDDED, as_given
from kit.local.agent_question import print_asked
from kit.local.dialects import print_dialects, print_embedding, print_streamed
from kit.local.questions import Answer
from kit_contract.errors import ExternalError

MOCK = "[mock answer"


def print_summary(
    config: DeploymentConfig,
    outputs: dict[str, Any],
    answers: list[Answer],
    options: argparse.Namespace = EMBEDDED,
) -> None:
    for answer in answers:
        print()
        print(_wrapped("Q  ", answer.question))
        print(_wrapped("A  ", answer.text))
        print(f"   served by {answer.served_by}")
        for source in answer.sources:
            print(f"   cites {source}")
    if config.inference_api:
        _show_dialects(config, outputs)
        _show_agent(config, outputs)
    if any(MOCK in answer.text for answer in answers):
        _explain_mocks(options)
    if config.inference_api:
        _print_snippets(config, outputs)
    file = getattr(options, "config", CONFIG)
    print(as_given(f"\nnext: edit {file} and run make up again; the pages are listed in README.md;", options))
    deploy = as_given("kit deploy", argparse.Namespace(**{**vars(options), "local": False}))
    deploy = "make deploy" if deploy == "kit deploy" else deploy
    print(f"      {deploy} deploys to your AWS account; make down stops everything on this machine")


def _show_agent(config: DeploymentConfig, outputs: dict[str, Any]) -> None:
    """With the first agent. One that fails ends no run."""
    for agent in list(config.agents)[:1]:
        try:
            print_asked(outputs, agent)
        except ExternalError as error:
            print(f"\n{error}")


def _show_dialects(config: DeploymentConfig, outputs: dict[str, Any]) -> None:
    """With the first alias that answers and the first that embeds. A model that is not there ends no run."""
    try:
        if alias := _answering_alias(config):
            print_streamed(outputs, alias)
            print_dialects(outputs, alias)
        if embedding := [name for name, item in config.aliases.items() if embedding_model(config, item.model)]:
            print_embedding(outputs, embedding[0])
    except ExternalError as error:
        print(f"\n{error}")


def _answering_alias(config: DeploymentConfig) -> str | None:
    return next((name for name, item in config.aliases.items() if not embedding_model(config, item.model)), None)


def _explain_mocks(options: argparse.Namespace) -> None:
    print("\nAnswers marked [mock answer ...] come from the embedded AWS, not from a language model.")
    if url := os.environ.get("KIT_LLM_URL"):
        print(f"{url} did not answer: .local/aws/emulator.log shows the requests (local_aws/README.md).")
        return
    print("To ask a server with OpenAI's chat API (Ollama, llama.cpp) instead:")
    print(as_given("  make down; KIT_LLM_URL=http://127.0.0.1:11434 KIT_LLM_MODEL=llama3.2 make up", options))


def _print_snippets(config: DeploymentConfig, outputs: dict[str, Any]) -> None:
    assert config.inference_api
    print(f"\nurl   {outputs['api_url']}")
    print(f"key   {outputs['api_key']}   (also in .local/outputs.json)")
    print("\naliases")
    for name, target in outputs["aliases"].items():
        print(f"  {name:<20} {target}")
    if alias := _answering_alias(config):
        _print_calls(outputs, alias)


def _print_calls(outputs: dict[str, Any], alias: str) -> None:
    print(
        textwrap.dedent(f"""
        curl -N {outputs["api_url"]}/chat/completions \\
          -H 'Authorization: Bearer {outputs["api_key"]}' -H 'Content-Type: application/json' \\
          -d '{{"model": "{alias}", "messages": [{{"role": "user", "content": "Hello"}}], "stream": true}}'

        from openai import OpenAI
        client = OpenAI(base_url="{outputs["api_url"]}", api_key="{outputs["api_key"]}")
        client.chat.completions.create(model="{alias}", messages=[{{"role": "user", "content": "Hello"}}])""")
    )


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(text, width=110, initial_indent=label, subsequent_indent=" " * len(label))

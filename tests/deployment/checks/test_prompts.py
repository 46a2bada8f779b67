"""[prompts.*]: what Bedrock would refuse, and what a request or an agent would miss, is refused before a deploy."""

from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from tests.deployment_file import HEAD, deployment_file, file_faults

PROMPT = '[prompts.support]\ntext = "You work for {{company}}."\n'
VALUE = '[prompts.support.variables]\ncompany = "Example"\n'
ALIAS = '[inference_api.aliases.chat]\nmodel = "amazon.nova-micro-v1:0"\nprompt = "support"\n'
AGENT = '[agents.desk]\nmodel = "us.amazon.nova-2-lite-v1:0"\ninstructions_prompt = "support"\n'


@pytest.mark.parametrize(
    "text",
    [
        PROMPT,
        PROMPT + ALIAS,
        PROMPT + 'model = "amazon.nova-micro-v1:0"\ntemperature = 0.2\nstop_sequences = ["END"]\n' + VALUE + AGENT,
    ],
)
def test_what_can_be_deployed(tmp_path: Path, text: str) -> None:
    assert file_faults(tmp_path, HEAD + text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (PROMPT + 'file = "x.md"\n', "prompts.support: exactly one of text, file is needed"),
        ('[prompts.support]\nfile = "absent.md"\n', "prompts.support.file: "),
        (PROMPT.replace("{{company}}", "{{resolve:ssm:a}}"), "prompts.support.text: CloudFormation would replace"),
        (PROMPT.replace("{{company}}", "{{the company}}"), "prompts.support.text: what follows {{ is no variable"),
        ('[prompts.support]\ntext = "  "\n', "prompts.support.text must have 1 to 200,000 characters, got 0"),
        (f'[prompts.support]\ntext = "{"".join(f"{{{{v{n}}}}}" for n in range(21))}"\n', "text has 21 variables"),
        (PROMPT + VALUE.replace("company", "firm"), "prompts.support.variables.firm: is not in the text, which has"),
        (PROMPT + 'model = "amazon.nova-light-v1:0"\n', "prompts.support.model: 'amazon.nova-light-v1:0' is not in"),
        (PROMPT + "temperature = 2\n", "prompts.support.temperature: "),
        (ALIAS, "inference_api.aliases.chat.prompt: is no prompt, got 'support'; allowed: none"),
        (PROMPT + ALIAS.replace("nova-micro-v1:0", "titan-embed-text-v2:0"), "embeds texts, and takes no prompt"),
        (AGENT, "agents.desk.instructions_prompt: is no prompt, got 'support'; allowed: none"),
        (
            PROMPT + AGENT,
            "agents.desk.instructions_prompt: an agent's instructions are fixed at the deploy, and company",
        ),
        (PROMPT + AGENT + 'instructions = "x"\n', "agents.desk: exactly one of instructions, instructions_file, instr"),
        ("".join(f'[prompts.p{n}]\ntext = "x"\n' for n in range(51)), "prompts: an account has at most 50"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    (found,) = file_faults(tmp_path, HEAD + text)

    assert fault in found


def test_instructions_longer_than_agentcore_takes_are_refused(tmp_path: Path) -> None:
    text = f'[prompts.support]\ntext = "{"x" * 20_001}"\n'

    (found,) = file_faults(tmp_path, HEAD + text + AGENT)

    assert "agents.desk.instructions_prompt must have 1 to 20,000 characters, got 20,001" in found


def test_an_agent_has_the_prompt_with_its_values_as_instructions(tmp_path: Path) -> None:
    config = load_deployment_config(deployment_file(tmp_path, HEAD + PROMPT + VALUE + AGENT))

    assert config.agent_instructions("desk") == "You work for Example."


def test_a_value_makes_no_new_version(tmp_path: Path) -> None:
    versions = [
        load_deployment_config(deployment_file(tmp_path, HEAD + text)).prompts["support"].version
        for text in (PROMPT, PROMPT + VALUE, PROMPT.replace("work", "worked"), PROMPT + "top_p = 0.5\n")
    ]

    assert versions[0] == versions[1]
    assert len(set(versions)) == 3

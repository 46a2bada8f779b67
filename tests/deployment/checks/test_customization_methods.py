"""Distillation, reinforcement fine-tuning, further training: what Bedrock would refuse is a fault of the file."""

import json
from pathlib import Path

import pytest

from tests.deployment_file import HEAD, file_faults

MICRO, NOVA_2 = "amazon.nova-micro-v1:0:128k", "amazon.nova-2-lite-v1:0:256k"
WHERE = "deployment.toml: training.customizations.support"
DISTILL = 'method = "DISTILLATION"\n'
TEACHER = '[training.customizations.support.distillation]\nteacher_model = "amazon.nova-pro-v1:0"\n'
LOGS = '[training.customizations.support.distillation.invocation_logs]\ns3_uri = "s3://logs/AWSLogs/"\n'
REINFORCE = 'method = "REINFORCEMENT_FINE_TUNING"\n'
GRADER = '[training.customizations.support.reinforcement]\ngrader = "grader.py"\n'
MODEL = f"arn:aws:bedrock:us-east-1:111122223333:custom-model/{MICRO}/aaaabbbbcccc"
OTHER = f'[training.customizations.other]\nalias = "other-bot"\nbase_model = "{MICRO}"\ndataset = ["data.jsonl"]\n'


def faults(folder: Path, settings: str, base: str = MICRO, dataset: str = 'dataset = ["data.jsonl"]') -> list[str]:
    (folder / "data.jsonl").write_text(json.dumps({"prompt": "a", "response": "b"}), encoding="utf-8")
    if not (folder / "grader.py").exists():
        (folder / "grader.py").write_text("def lambda_handler(samples, context): ...\n", encoding="utf-8")
    customization = f'[training.customizations.support]\nalias = "bot"\nbase_model = "{base}"\n{dataset}\n'
    return file_faults(folder, HEAD + customization + settings, account="111122223333")


@pytest.mark.parametrize(
    ("base", "settings", "dataset"),
    [
        (MICRO, DISTILL + TEACHER, 'dataset = ["data.jsonl"]'),
        (MICRO, DISTILL + TEACHER.replace("amazon.", "us.amazon."), 'dataset = ["data.jsonl"]'),
        (MICRO, DISTILL + TEACHER + LOGS, ""),
        (NOVA_2, REINFORCE + GRADER + 'judge_models = ["us.amazon.nova-pro-v1:0"]\n', 'dataset = ["data.jsonl"]'),
        (MICRO, f'base_custom_model = "{MODEL}"\n', 'dataset = ["data.jsonl"]'),
        (MICRO, f'base_customization = "other"\n{OTHER}', 'dataset = ["data.jsonl"]'),
    ],
)
def test_what_bedrock_takes_has_no_fault(tmp_path: Path, base: str, settings: str, dataset: str) -> None:
    assert faults(tmp_path, settings, base, dataset) == []


@pytest.mark.parametrize(
    ("base", "settings", "fault"),
    [
        (MICRO, DISTILL, ".distillation: method = 'DISTILLATION' and this section go together, got method = 'DIST"),
        (MICRO, TEACHER, ".distillation: method = 'DISTILLATION' and this section go together, got method = 'FINE"),
        (
            MICRO,
            DISTILL + TEACHER.replace("pro", "lite"),
            f".distillation.teacher_model: the teacher of {MICRO} must be one of amazon.nova-pro-v1:0, also through an "
            "inference profile, got amazon.nova-lite-v1:0; change it",
        ),
        (
            MICRO,
            DISTILL + TEACHER.replace("amazon.", "eu.amazon."),
            ".distillation.teacher_model: eu.amazon.nova-pro-v1:0 is offered in ",
        ),
        (
            MICRO,
            DISTILL + TEACHER + "max_response_length = 6000\n",
            ".distillation.max_response_length: amazon.nova-pro-v1:0 writes at most 5000 tokens, got 6000; lower it",
        ),
        (
            MICRO,
            DISTILL + TEACHER + LOGS,
            ".dataset: Bedrock takes prompts of a file or of invocation logs, got both; remove this setting or "
            "training.customizations.support.distillation.invocation_logs",
        ),
        (NOVA_2, DISTILL + TEACHER, ".base_model: Nova 2 Lite (amazon.nova-2-lite-v1:0:256k) cannot be custom"),
        (MICRO, 'method = "CONTINUED_PRE_TRAINING"\n', "no base model takes CONTINUED_PRE_TRAINING today; use FINE_"),
        (
            "openai.gpt-oss-20b",
            REINFORCE + GRADER,
            "is trained through OpenAI's API at bedrock-mantle only, which this kit does not call; use one of amazon.",
        ),
        (NOVA_2, REINFORCE, ".reinforcement: method = 'REINFORCEMENT_FINE_TUNING' and this section go together"),
        (NOVA_2, REINFORCE + GRADER.replace("grader.py", "absent.py"), "absent.py does not exist; name a Python file"),
        (NOVA_2, REINFORCE + GRADER + 'handler = "grader.score"\n', "grader.py defines no score; define it, or set"),
        (NOVA_2, REINFORCE + GRADER + 'handler = "other.score"\n', "the handler other.score needs other.py, which is"),
        (NOVA_2, REINFORCE + GRADER + 'judge_models = ["amazon.nova-premier-v1:0"]\n', "judge_models: amazon.nova-pre"),
        (
            NOVA_2,
            REINFORCE
            + GRADER.replace('grader = "grader.py"', 'grader_arn = "arn:aws:lambda:us-west-2:111122223333:function:g"'),
            ".reinforcement.grader_arn: must be in the deployment's Region us-east-1",
        ),
        (
            MICRO,
            f'base_custom_model = "{MODEL}"\nbase_customization = "other"\n{OTHER}',
            ": base_customization and base_custom_model are two starting points; remove one",
        ),
        (
            MICRO,
            'base_customization = "other"\n',
            ".base_customization: must be one of support, got 'other'; change it",
        ),
        (
            MICRO,
            'base_customization = "support"\n',
            ".base_customization: a customization cannot be trained further fro",
        ),
        (
            MICRO,
            f'base_customization = "other"\n{OTHER}base_customization = "support"\n',
            ".base_customization: a customization cannot be trained further from its own model; name another one",
        ),
        (
            "amazon.nova-lite-v1:0:300k",
            f'base_customization = "other"\n{OTHER}',
            f".base_customization: base_model must be that of other, {MICRO}, got amazon.nova-lite-v1:0:300k",
        ),
        (
            "amazon.nova-lite-v1:0:300k",
            f'base_custom_model = "{MODEL}"\n',
            f".base_custom_model: a model of {MICRO}, so base_model must be {MICRO}, got amazon.nova-lite-v1:0:300k",
        ),
        (
            MICRO,
            f'base_custom_model = "{MODEL.replace("111122223333", "444455556666")}"\n',
            ".base_custom_model: must be in account 111122223333, to which you deploy",
        ),
        (
            NOVA_2,
            REINFORCE + f'base_custom_model = "{MODEL.replace(MICRO, NOVA_2)}"\n' + GRADER,
            ".method: Bedrock documents further training for FINE_TUNING only, got REINFORCEMENT_FINE_TUNING; remove",
        ),
    ],
)
def test_what_bedrock_would_refuse_is_a_fault(tmp_path: Path, base: str, settings: str, fault: str) -> None:
    found = faults(tmp_path, settings, base)

    assert [line for line in found if line.startswith(WHERE) and fault in line], found


def test_a_customization_without_data_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "", dataset="") == [f"{WHERE}.dataset is missing; add it"]


def test_a_grader_that_is_no_python_is_a_fault_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "grader.py").write_text("import json\ndef lambda_handler(:\n", encoding="utf-8")

    (fault,) = faults(tmp_path, REINFORCE + GRADER, NOVA_2)

    assert fault.startswith(f"{WHERE}.reinforcement.grader: grader.py:2: ")


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (
            'filters = { equals = { a = "b" }, or_all = [{ equals = { a = "c" } }] }',
            "exactly one of equals, not_equals,",
        ),
        ("filters = {}", "exactly one of equals, not_equals, and_all, or_all is needed, got none; change it"),
        ('filters = { equals = { a = "b", c = "d" } }', "must have at most 1 item"),
        (
            'filters = { and_all = [{ equals = { a = "b" }, not_equals = { a = "c" } }] }',
            "exactly one of equals, not_eq",
        ),
    ],
)
def test_filters_have_one_operator(tmp_path: Path, settings: str, fault: str) -> None:
    found = faults(tmp_path, DISTILL + TEACHER + LOGS + settings + "\n", dataset="")

    assert [line for line in found if fault in line], found


def test_a_grader_is_made_or_named_not_both(tmp_path: Path) -> None:
    named = 'grader_arn = "arn:aws:lambda:us-east-1:111122223333:function:g"\n'

    assert "exactly one of grader, grader_arn is needed" in faults(tmp_path, REINFORCE + GRADER + named, NOVA_2)[0]

"""How an app is run, what its assembly may look like, and the message if it cannot be checked."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from kit.__main__ import main
from kit.check.synthesis import account_of, synthesize
from kit.check.template import missing_lookups, templates_in
from kit_contract.errors import InputError

WRITES = "import os, pathlib; folder = pathlib.Path(os.environ['CDK_OUTDIR']); folder.mkdir(); "
MANIFEST = "(folder / 'manifest.json').write_text('{}'); "
SAVES = "(folder / 'environment.json').write_text(__import__('json').dumps(dict(os.environ)))"


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


@pytest.mark.parametrize(
    ("app", "message"),
    [
        (python("import sys; sys.exit('no such model')"), "exit code 1; run cdk synth to see more\nno such model"),
        (python("print('hello')"), "it wrote no cloud assembly to CDK_OUTDIR; run cdk synth to see more\nhello"),
        ("no-such-command-here", "exit code 127"),
    ],
)
def test_an_app_that_cannot_be_synthesized_is_a_message_and_exit_code_2(
    app: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--app", app]) == 2

    error = capsys.readouterr().err
    assert error.startswith("kit check: the app ")
    assert message in error


def test_the_app_gets_what_the_cdk_cli_gives(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "x", "context": {"a": 1, "b": 1}}', encoding="utf-8")
    (tmp_path / "cdk.context.json").write_text('{"b": 2}', encoding="utf-8")

    folder = synthesize(python(WRITES + MANIFEST + SAVES), tmp_path / "out", {"config": "one.toml"}, tmp_path)

    environment = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    assert json.loads(environment["CDK_CONTEXT_JSON"]) == {"a": 1, "b": 2, "config": "one.toml"}
    assert environment["CDK_OUTDIR"] == str(folder)
    assert environment["CDK_DEFAULT_ACCOUNT"]
    assert environment["CDK_DEFAULT_REGION"]


def test_context_that_is_too_long_for_a_variable_goes_through_a_file(tmp_path: Path) -> None:
    long = {"key": "x" * 200_000}
    (tmp_path / "cdk.context.json").write_text(json.dumps(long), encoding="utf-8")

    folder = synthesize(python(WRITES + MANIFEST + SAVES), tmp_path / "out", {}, tmp_path)

    environment = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    assert json.loads(Path(environment["CONTEXT_OVERFLOW_LOCATION_ENV"]).read_text(encoding="utf-8")) == long


def test_a_cdk_json_that_does_not_parse_is_named(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("{", encoding="utf-8")

    with pytest.raises(InputError, match=r"cdk\.json is not JSON"):
        synthesize("true", tmp_path / "out", {}, tmp_path)


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ('[deployment]\naccount = "444455556666"', "444455556666"),
        ('model = "arn:aws:bedrock:us-east-1:777788889999:provisioned-model/a"', "777788889999"),
        ('model = "arn:aws:bedrock:us-east-1::foundation-model/a"', None),
        ('kms_key_arn = "arn:aws:kms:us-east-1:777788889999:key/a"', None),  # may be another account's
        ("deployment = 1", None),
        ("[", None),
    ],
)
def test_the_kits_own_app_is_synthesized_for_the_account_of_its_file(
    text: str, account: str | None, tmp_path: Path
) -> None:
    config = tmp_path / "deployment.toml"
    config.write_text(text, encoding="utf-8")

    assert account_of(config) == account


def test_a_missing_folder_of_the_app_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--app", "true", "--directory", str(tmp_path / "none")]) == 2
    assert "none is no folder; name the one that has the app's cdk.json" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(tmp_path / "none.toml")]) == 2
    assert "none.toml: No such file or directory; name a deployment.toml with --config" in capsys.readouterr().err


def assembly(folder: Path, **artifacts: object) -> Path:
    folder.mkdir(exist_ok=True)
    missing = [{"key": "vpc-provider:id"}]
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts, "missing": missing}), encoding="utf-8")
    return folder


def stack(folder: Path, name: str, template: str, **artifact: object) -> dict[str, object]:
    (folder / f"{name}.template.json").write_text(template, encoding="utf-8")
    return {"type": "aws:cloudformation:stack", "properties": {"templateFile": f"{name}.template.json"}, **artifact}


def test_the_folder_of_an_assembly_is_taken_as_it_is(tmp_path: Path) -> None:
    given = assembly(tmp_path)

    assert synthesize(given.name, tmp_path / "out", {}, tmp_path.parent) == given
    assert missing_lookups(given) == ["vpc-provider:id"]
    assert templates_in(given) == []


def test_stacks_and_nested_stacks_have_the_region_of_the_environment(tmp_path: Path) -> None:
    environment = "aws://111122223333/eu-west-1"
    assembly(tmp_path, Plain=stack(tmp_path, "Plain", "{}", environment=environment))
    (tmp_path / "Inner.nested.template.json").write_text("{}", encoding="utf-8")

    assert [(item.stack, item.region) for item in templates_in(tmp_path)] == [
        ("Plain", "eu-west-1"),
        ("Inner", "eu-west-1"),
    ]


@pytest.mark.parametrize("template", ["not json", "[]"])
def test_a_template_that_cannot_be_read_is_named(template: str, tmp_path: Path) -> None:
    assembly(tmp_path, Broken=stack(tmp_path, "Broken", template, environment="aws://unknown-account/unknown-region"))

    with pytest.raises(InputError, match=r"Broken\.template\.json .*synthesize the app again"):
        templates_in(tmp_path)


SUPPRESSED = {
    "cdk_nag": {
        "rules_to_suppress": [
            {"id": "AwsSolutions-IAM5", "reason": "r", "applies_to": ["Resource::*"]},
            {"id": "AwsSolutions-IAM4", "reason": "r"},
        ]
    },
    "cfn-lint": {"config": {"ignore_checks": ["W3045"]}},
}


@pytest.mark.parametrize(
    ("rule", "accepted"),
    [
        ("AwsSolutions-IAM5[Resource::*]", True),
        ("AwsSolutions-IAM5[Action::s3:*]", False),
        ("AwsSolutions-IAM4[Policy::p]", True),
        ("AwsSolutions-IAM4", True),
        ("W3045", True),
        ("AwsSolutions-S1", True),  # of its construct
        ("kit-pass-role", False),
        ("kit-trust-source", True),  # of its stack
    ],
)
def test_a_resource_accepts_what_its_metadata_and_its_constructs_say(rule: str, accepted: bool, tmp_path: Path) -> None:
    acknowledged = "aws:cdk:acknowledged-rules"
    metadata = {
        "/S": [{"type": acknowledged, "data": {"Annotation::kit-trust-source": "r"}}],
        "/S/A": [{"type": acknowledged, "data": {"AwsSolutions::AwsSolutions-S1": "r"}}],
        "/S/A/Resource": [{"type": "aws:cdk:logicalId", "data": "A1"}],
        "/S/A/Res": [{"type": acknowledged, "data": {"kit-pass-role": "r"}}],
    }
    template = json.dumps({"Resources": {"A1": {"Type": "AWS::S3::Bucket", "Metadata": SUPPRESSED}}})
    assembly(tmp_path, S=stack(tmp_path, "S", template, environment="aws://a/us-east-1", metadata=metadata))

    assert templates_in(tmp_path)[0].accepts(rule, "A1") is accepted

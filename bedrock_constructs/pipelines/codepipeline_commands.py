"""The shell commands of each build of the pipeline, as a CodeBuild build specification. Pure."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Both are in aws/codebuild/standard:7.0: https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
CONFIG = "deployment.toml"
RUNTIMES = {"python": "3.12", "nodejs": "22"}
ASSEMBLIES = "assemblies"  # a folder with a cloud assembly of each environment
SYNTH_ARTIFACT = "Synth"
# What the diff of an environment exports, and the deploy and the approval read. CodePipeline passes on no empty value.
SUMMARY, ACCEPT, BUILD = "KIT_SUMMARY", "KIT_ACCEPT", "KIT_BUILD"
NOTHING = "nothing"
PROFILE = (
    "printf '[profile environment]\\nrole_arn = %s\\nrole_session_name = codepipeline\\n"
    "credential_source = EcsContainer\\nregion = %s\\n' "
    '"$KIT_ROLE" "$KIT_REGION" > "${TMPDIR:-/tmp}/aws-config"'
)
# The SDKs and the CDK CLI renew these credentials, which last an hour.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
AS_ROLE = (
    PROFILE,
    'export AWS_CONFIG_FILE="${TMPDIR:-/tmp}/aws-config" AWS_PROFILE=environment',
    'export AWS_REGION="$KIT_REGION" AWS_DEFAULT_REGION="$KIT_REGION"',
)


@dataclass(frozen=True)
class Project:
    """How the project that is deployed is prepared, checked and run. `config`: its deployment.toml."""

    install: Sequence[str]
    check: Sequence[str]
    kit: str
    config: str

    def command(self, *words: str, environment: str) -> str:
        config = ["--config", self.config] if self.config != CONFIG else []
        return f"{self.kit} {shlex.join([*words, *config, '--environment', environment])}"


def check_commands(project: Project) -> list[str]:
    return list(project.check)


def synth_commands(project: Project, environments: Sequence[str]) -> list[str]:
    return [
        project.command("pipeline", "synth", "--output", f"{ASSEMBLIES}/{name}", environment=name)
        for name in environments
    ]


def security_commands(project: Project, environments: Sequence[str]) -> list[str]:
    """What was synthesized is checked; the artifact is another folder of the build."""
    folder = f"$CODEBUILD_SRC_DIR_{SYNTH_ARTIFACT}"
    return [f'{project.kit} check --app "{folder}/{name}"' for name in environments]


def diff_commands(project: Project, environment: str, allowed: Sequence[str]) -> list[str]:
    allow = [word for kind in allowed for word in ("--allow", kind)]
    return [
        *AS_ROLE,
        f"{project.command('diff', '--json', environment=environment)} > diff.json",
        f"{project.kit} pipeline gate {' '.join([*allow, '--output gate.sh', 'diff.json'])}",
        ". ./gate.sh",
        f'export {BUILD}="${{CODEBUILD_BUILD_ID/:/%3A}}"',
    ]


def deploy_commands(project: Project, environment: str, allowed: Sequence[str]) -> list[str]:
    """Exactly what was looked at and approved. A rollback comes with the words of an older deploy: if they are for
    other effects (exit code 3), it goes on only if nothing needs consent."""
    absent = "--remove-absent" if "delete" in allowed else "--keep-absent"
    deploy = f'{project.command("deploy", absent, environment=environment)} "$@" -- --require-approval never --yes'
    return [
        *AS_ROLE,
        f"deploy() {{ {deploy}; }}",
        f'if [ "${ACCEPT}" = {NOTHING} ]; then deploy; '
        f'else deploy --accept "${ACCEPT}" || {{ [ $? -eq 3 ] && deploy; }}; fi',
    ]


def smoke_commands(project: Project, environment: str, questions: str = "") -> list[str]:
    """`questions`: the path of a file in the repository."""
    file = ["--questions", questions] if questions else []
    return [*AS_ROLE, project.command("pipeline", "smoke", *file, environment=environment)]


def build_specification(
    project: Project,
    commands: Sequence[str],
    *,
    exported: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    artifacts: bool = False,
) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"""
    environment: dict[str, Any] = {"shell": "bash"}
    if variables:
        environment["variables"] = dict(variables)
    if exported:
        environment["exported-variables"] = list(exported)
    specification: dict[str, Any] = {
        "version": 0.2,
        "env": environment,
        "phases": {
            "install": {"runtime-versions": RUNTIMES, "commands": list(project.install)},
            "build": {"commands": list(commands)},
        },
    }
    if artifacts:
        specification["artifacts"] = {"base-directory": ASSEMBLIES, "files": ["**/*"]}
    return specification

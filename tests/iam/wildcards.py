"""The wildcards in the roles' policies, as the tables of docs/security.md.

.venv/bin/python -m tests.iam.wildcards

writes them into the page; tests/iam/test_wildcards.py fails while the page differs.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from tests.iam.cases import REGION
from tests.iam.other_deployment import EXCEPTIONS, WITHOUT_ARN
from tests.iam.role_cases import CDK_ROLES
from tests.iam.roles import roles_of
from tests.iam.simulator import as_list
from tests.synthesized import PROJECT, synthesized

PAGE = PROJECT / "docs" / "security.md"
BEGIN, END = "<!-- tests/iam/wildcards.py writes this -->", "<!-- end -->"
CONFIGS = {
    "iam": "tests/iam/deployment.toml",
    "by-arn": "tests/iam/by_arn.toml",
    "encrypted": "tests/iam/encrypted.toml",
}
# Resource as the page prints it, by its beginning -> why no name is possible.
REASONS = {
    "aoss: collection/": "OpenSearch Serverless chooses the ids; a replaced collection is emptied with this right too",
    "bedrock: knowledge-base/": "Bedrock chooses the ids; a removed one is cleaned up, and a replacement is asked",
    "bedrock: custom-model/": "Bedrock chooses the ids",
    "bedrock: custom-model-deployment/": "Bedrock chooses the ids",
    "bedrock: evaluation-job/": "Bedrock chooses the ids",
    "bedrock: guardrail/": "Bedrock chooses the ids, and the stack that makes them comes later",
    "bedrock: imported-model/": "Bedrock chooses the ids",
    "bedrock: model-import-job/": "Bedrock chooses the ids",
    "bedrock: model-copy-job/": "Bedrock chooses the ids",
    "bedrock: model-customization-job/": "Bedrock chooses the ids",
    "bedrock: provisioned-model/": "Bedrock chooses the ids",
    "kms: key/": "the bootstrap bucket's key is in no template; the conditions admit the bucket's objects only",
    "lambda: function:": "any version: the data source of the code before may still be reading",
    "bedrock-agentcore: code-interpreter/": "AWS's own code interpreters, which are no account's",
    "bedrock-agentcore: workload-identity-directory/": "AgentCore chooses the end of the name",
    "logs: log-group:*": "DescribeLogGroups lists the names of log groups, and takes this resource only",
    "logs: log-group:/aws/bedrock-agentcore/": "AWS documents no narrower name for the log group of a harness",
    "logs: log-group:": "the streams of the own log group",
    "s3: ": "object names are not known at synthesis",
    "s3vectors: bucket/": "Bedrock deletes a replaced index's vectors with this role too",
    "ssm: parameter/": "of this deployment only; what is removed is cleaned up after the policy has changed",
    "states: execution:": "run ids are content hashes",
}


def tables() -> str:
    return f"{_with_arn()}\n\n{_without_arn()}\n\n{_exceptions()}"


def page_with_tables(page: str) -> str:
    """Raises ValueError if `page` does not have both marks once."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"{PAGE.name} must have {BEGIN} and {END} once each; restore them")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.split(END)[1]}"


def _with_arn() -> str:
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for role, resource, statement in _wildcards():
        if resource != "*":
            found[_printed(resource), _conditions(statement)][role] |= set(as_list(statement["Action"]))
    rows = [
        f"| `{resource}` | {actions} | {condition} | {_reason(resource)} | {roles} |"
        for (resource, condition), by_role in sorted(found.items())
        for actions, roles in _roles_by_actions(by_role)
    ]
    return "\n".join(
        ["| resource | actions | only if | why a wildcard | roles |", "| --- | --- | --- | --- | --- |", *rows]
    )


def _without_arn() -> str:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for role, resource, statement in _wildcards():
        for action in as_list(statement["Action"]) if resource == "*" else ():
            found[WITHOUT_ARN[action]][role].add(action)
    rows = [
        f"| {actions} | {why} | {roles} |"
        for why, by_role in sorted(found.items())
        for actions, roles in _roles_by_actions(by_role)
    ]
    return "\n".join(["| actions on `*` | why | roles |", "| --- | --- | --- |", *rows])


def _exceptions() -> str:
    rows = [f"| `{action}` | {why} |" for action, why in EXCEPTIONS.items()]
    return "\n".join(["| reaches another deployment's | why |", "| --- | --- |", *rows])


def _wildcards() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for config in CONFIGS.values():
        for name, role in roles_of(synthesized(config), region=REGION).items():
            for statement in role.statements if name not in CDK_ROLES else ():
                yield from ((name, text, statement) for text in as_list(statement["Resource"]) if "*" in text)


def _printed(resource: str) -> str:
    """Without partition, Region and account, and with the parts that differ between deployments in angle brackets."""
    service, text = resource.split(":", 5)[2::3]
    text = re.sub(rf"(?<![\w-])({'|'.join(CONFIGS)})(?=[-/])", "<deployment>", text)
    text = re.sub(r"log-group:(?!/aws/bedrock-agentcore/|\*).*", "log-group:<its own>:*", text)
    return f"{service}: {text.replace('support', '<customization>')}"


def _conditions(statement: Mapping[str, Any]) -> str:
    keys = [
        f"`{key}`" + (" if there is one" if operator.endswith("IfExists") else "")
        for operator, values in statement.get("Condition", {}).items()
        for key in values
        if key != "aws:TagKeys"
    ]
    return ", ".join(sorted(keys)) or "-"


def _reason(resource: str) -> str:
    return next(why for begin, why in REASONS.items() if resource.startswith(begin))


def _roles_by_actions(by_role: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """(actions, the roles that have exactly these)."""
    roles: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for role, actions in by_role.items():
        roles[tuple(sorted(actions))].append(_short(role))
    for names, having in sorted(roles.items()):
        yield ", ".join(f"`{name}`" for name in names), ", ".join(sorted(having))


def _short(role: str) -> str:
    """training/WorkflowPromotionRole -> training: WorkflowPromotion."""
    stack, _, name = role.partition("/")
    kept = name.removesuffix("Role").removesuffix("Function")
    return f"{stack}: {kept}"


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

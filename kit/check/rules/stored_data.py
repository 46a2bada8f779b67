"""What happens to data when a resource is deleted or replaced, and exports that would prevent the replacement."""

import json
import re
from collections.abc import Iterator, Sequence

from kit.check.finding import Finding
from kit.check.template import Template, section

STATEFUL = frozenset(
    (
        *("AWS::S3::Bucket", "AWS::S3Vectors::VectorBucket", "AWS::S3Vectors::Index", "AWS::DynamoDB::Table"),
        *("AWS::DynamoDB::GlobalTable", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::KMS::Key"),
        *("AWS::EFS::FileSystem", "AWS::OpenSearchService::Domain", "AWS::OpenSearchServerless::Collection"),
        *("AWS::Cognito::UserPool", "AWS::Neptune::DBCluster", "AWS::DocDB::DBCluster", "AWS::Redshift::Cluster"),
        *("AWS::ECR::Repository", "AWS::Kinesis::Stream", "AWS::BedrockAgentCore::Memory"),
    )
)
# Types that ordinary changes replace: a new version, another embedding model, another vector length.
REPLACEABLE = re.compile(
    r"^(Custom::.*|AWS::.*Version|AWS::Bedrock::(KnowledgeBase|DataSource|Agent|AgentAlias)|AWS::S3Vectors::.*"
    r"|AWS::SNS::Topic|AWS::ECS::TaskDefinition|AWS::OpenSearchServerless::Collection)$"
)


def check(template: Template) -> Iterator[Finding]:
    for logical_id, properties in template.resources("AWS::Bedrock::DataSource"):
        if "DataDeletionPolicy" not in properties:
            reason = "no DataDeletionPolicy: whether its vectors are deleted with it is left to a default"
            fix = "set DataDeletionPolicy to DELETE or RETAIN"
            yield Finding(template.stack, logical_id, "kit-data-source-deletion", reason, fix)
    for logical_id, resource in section(template.body, "Resources"):
        if str(resource.get("Type")) in STATEFUL and "DeletionPolicy" not in resource:
            reason = "no DeletionPolicy: its data is deleted with the stack without anybody having decided it"
            fix = "set DeletionPolicy and UpdateReplacePolicy (in the CDK: apply_removal_policy)"
            yield Finding(template.stack, logical_id, "kit-deletion-policy", reason, fix)


def check_imports(templates: Sequence[Template]) -> Iterator[tuple[Template, Finding]]:
    """Exports of replaceable resources that another of the stacks imports."""
    imports = [(template.stack, json.dumps(template.body)) for template in templates]
    for template in templates:
        for name, output in section(template.body, "Outputs"):
            export = output.get("Export")
            exported = export.get("Name") if isinstance(export, dict) else None
            if not isinstance(exported, str) or not _replaceable(template, json.dumps(output.get("Value"))):
                continue
            wanted = json.dumps({"Fn::ImportValue": exported})
            if users := sorted({stack for stack, text in imports if wanted in text}):
                reason = (
                    f"{', '.join(users)} imports it, so CloudFormation refuses an update that replaces the resource"
                )
                fix = "pass the value in an SSM parameter, or with Fn::GetStackOutput"
                yield template, Finding(template.stack, name, "kit-import-replaceable", reason, fix)


def _replaceable(template: Template, value: str) -> bool:
    names = re.findall(r'\{"(?:Ref|Fn::GetAtt)": (?:\[)?"([^"]+)"', value)
    types = [str(resource.get("Type", "")) for name, resource in section(template.body, "Resources") if name in names]
    return any(REPLACEABLE.match(kind) for kind in types)

"""Model units of Bedrock, billed by the hour while they exist: bought and released with the stack or by a schedule."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from bedrock_constructs.names import deployment_name
from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget, parameter_arn, throughput_statements
from bedrock_constructs.provisioned_throughput.settings import check_settings
from kit_contract import parameters


class ProvisionedThroughput(Construct):
    """A throughput that serves either the target's `model_identifier` (a foundation model id with its context suffix,
    or a custom model's ARN) or the custom model that the kit trained for its `customization`.

    `commitment_duration` is None, "OneMonth" or "SixMonths". Before a commitment ends, neither the throughput nor its
    stack can be deleted. You cannot change `model_units` and `commitment_duration`: Bedrock has no such update, so a
    deploy refuses it.

    `schedule` has the keys days, from, to and time_zone; `expires` is a day (ISO 8601). With a schedule the deploy buys
    nothing: ProvisionedThroughputController does when it opens next. `accepted_hourly_cost_usd` is for all model units.
    `throughputs`: the names of all of the stack, if one of them must not be bought beside its predecessor.

    Exposes `resource`, which buys, before the settings that let the controller buy. Schedules and ends need a
    controller: ControlledThroughput has both.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        target: ThroughputTarget,
        kit_deployment: str | None = None,
        model_units: int = 1,
        commitment_duration: str | None = None,
        schedule: Mapping[str, Any] | None = None,
        expires: str | None = None,
        release_when_idle_hours: int | None = None,
        accepted_hourly_cost_usd: float | None = None,
        throughputs: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        check_settings(
            self,
            target=target,
            model_units=model_units,
            commitment_duration=commitment_duration,
            schedule=schedule,
            expires=expires,
            release_when_idle_hours=release_when_idle_hours,
        )
        kit_deployment = deployment_name(self, kit_deployment)
        stack = Stack.of(self)
        properties = {
            "ProvisionedModelName": target.name,
            "ModelIdentifier": target.model_identifier,
            "Customization": target.customization,
            "ModelUnits": model_units,
            "CommitmentDuration": commitment_duration,
            "Alias": target.alias,
            "KitDeployment": kit_deployment,
            "Schedule": stack.to_json_string(dict(schedule)) if schedule else None,
            "Expires": expires,
            "AcceptedHourlyCostUsd": str(accepted_hourly_cost_usd) if accepted_hourly_cost_usd is not None else None,
        }
        given = {name: value for name, value in properties.items() if value is not None}
        self.resource = CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockProvisionedThroughput",
            properties={**given, "Throughputs": ",".join(throughputs) or None},
            statements=[
                *throughput_statements(stack, kit_deployment, [target]),
                iam.PolicyStatement(
                    actions=["ssm:DeleteParameter"],
                    resources=[parameter_arn(stack, parameters.throughput_ledger(kit_deployment, parameters.ANY))],
                ),
                iam.PolicyStatement(
                    actions=["ssm:GetParameter"],
                    resources=[parameter_arn(stack, parameters.throughput_settings(kit_deployment, parameters.ANY))],
                ),
            ],
            acknowledgment="Bedrock chooses the last part of ARNs; parameters are this deployment's, lists have no ARN",
        )
        main = self.resource.node.default_child
        assert isinstance(main, CfnResource)
        settings = {
            "owner": f"{stack.stack_name}/{stack.get_logical_id(main)}",
            "properties": given,
            "schedule": dict(schedule) if schedule else None,
            "expires": expires,
            "release_when_idle_hours": release_when_idle_hours,
        }
        parameter = ssm.StringParameter(
            self,
            "Settings",
            parameter_name=parameters.throughput_settings(kit_deployment, target.name),
            description=f"What {target.name} is to be; while it exists, schedule and kit capacity may buy",
            string_value=stack.to_json_string(settings),
        )
        parameter.apply_removal_policy(RemovalPolicy.DESTROY)
        # Created last and deleted first: the controller buys nothing during the Create and the Delete.
        parameter.node.add_dependency(self.resource)

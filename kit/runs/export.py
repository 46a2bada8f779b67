"""`kit runs export`: the section with which another environment gets a promoted model without training it again.

The file names the model, so synthesis needs no access to the account that trained it, and a review sees what goes on.
"""

import argparse
import json
from collections.abc import Iterator

from botocore.exceptions import ClientError

from deployment.config import DeploymentConfig, load_deployment_config
from kit.runs.arguments import add_common_arguments
from kit.runs.deployed import Deployed, connect
from kit_contract.aws_errors import code_of
from kit_contract.errors import InputError
from kit_contract.model_arns import ModelArn, model_arn
from kit_contract.parameters import customization_promoted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("named", metavar="CUSTOMIZATION", nargs="?", help="default: all of the file")
    parser.add_argument("--to", required=True, metavar="ENVIRONMENT", help="which environment gets the model")


def run(options: argparse.Namespace) -> int:
    config = load_deployment_config(options.config, options.environment)
    target = load_deployment_config(options.config, options.to)
    name = options.named or options.customization
    names = [name] if name else list(config.customizations)
    if strangers := sorted(set(names) - set(config.customizations)):
        known = ", ".join(config.customizations) or "none"
        raise InputError(f"{strangers[0]} is no customization of {options.config.name}; allowed: {known}")
    deployed = connect(options.config, options.environment, local=options.local)
    found = {name: promoted_model(deployed, name) for name in names}
    if options.json:
        print(json.dumps(found, indent=1))
        return 0
    print("\n".join(line for name, arn in found.items() for line in section(name, arn, config, target)))
    return 0 if all(found.values()) else 1


def promoted_model(deployed: Deployed, customization: str) -> str | None:
    """The ARN of the custom model that was promoted last, or None."""
    name = customization_promoted(deployed.name, customization)
    try:
        value = json.loads(deployed.ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return None
    found: str | None = value.get("custom_model_arn")
    return found


def section(name: str, arn: str | None, config: DeploymentConfig, target: DeploymentConfig) -> Iterator[str]:
    """Lines for deployment.toml. What AWS does not allow is a comment."""
    source = model_arn(arn) if arn else None
    if arn is None or source is None:
        yield f"# {name}: no model was promoted in {config.environment or config.deployment.name} yet"
        return
    place = target.deployment
    yield from (f"# {line}" for line in _limits(source, place.region, place.account))
    yield f"[environments.{target.environment}.training.copied_models.{name}]"
    yield f'alias = "{config.customizations[name].alias}"'
    yield f'source_model_arn = "{arn}"'
    if name in target.customizations:
        yield f'# and in [environments.{target.environment}]: without = ["training.customizations.{name}"]'


def _limits(source: ModelArn, region: str, account: str | None) -> Iterator[str]:
    """https://docs.aws.amazon.com/bedrock/latest/userguide/copy-model.html, share-model-support.html."""
    if account in (None, source.account) and region == source.region:
        yield "Bedrock copies no model within its account and Region: give this environment another one of them."
    elif account not in (None, source.account):
        yield f"Account {source.account} has to share it with {account} through AWS RAM first (docs/methods.md)."
        if "/amazon.nova" in source.text:
            yield "AWS lists no model of Amazon Nova that can be shared: in another account, it has to be trained."

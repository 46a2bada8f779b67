"""Who may call which alias with a signature of AWS credentials (SigV4): policies of the callers and of the API.

https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
"""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam

from bedrock_constructs.inference_api.methods import PUBLIC_PATHS
from kit_contract.inference_api import IAM_PREFIX

INVOKE = "execute-api:Invoke"
STAGE = "prod"  # the name that the L2 gives; a reference from the API's own policy would be circular


def add_resource_policy(rest_api: apigateway.RestApi, partition: str, callers: Sequence[str]) -> None:
    """For `callers`: other accounts, and ARNs of their roles and users. Their own account's policies decide too.

    Also without callers, because CloudFormation leaves the policy of before in place if a template has none:
    https://github.com/aws/aws-cdk/issues/21840. With a policy, a method without authorization answers only whom it
    allows: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

    A role is a condition and not the principal: API Gateway refuses a policy that names a principal which does not
    exist, and IAM replaces it by a unique id, which a role that is made again does not have.
    """
    accounts = [caller for caller in callers if ":" not in caller]
    arns = [caller for caller in callers if ":" in caller]
    signed = [_own_arn("POST", f"{IAM_PREFIX}/model/*")]
    if accounts:
        rest_api.add_to_resource_policy(_allow("Accounts", _roots(partition, accounts), signed))
    if arns:
        owners = _roots(partition, list(dict.fromkeys(arn.split(":")[4] for arn in arns)))
        named = {"ArnEquals": {"aws:PrincipalArn": arns}}
        rest_api.add_to_resource_policy(_allow("RolesAndUsers", owners, signed, named))
    public = [*(_own_arn("GET", f"/{path}") for path in PUBLIC_PATHS), _own_arn("OPTIONS", "/*")]
    rest_api.add_to_resource_policy(_allow("PublicMethods", [iam.AnyPrincipal()], public))


def grant_invoke(
    rest_api: apigateway.RestApi, grantee: iam.IGrantable, aliases: Sequence[str] | None, *, known: Sequence[str]
) -> iam.Grant:
    """In the policy of the grantee; for another account's, in the resource policy of the API.

    `aliases`: None for all. `known`: the aliases of the API. Raises ValueError for others.
    """
    if not known:
        raise ValueError("the API must take signed requests to grant them, got iam_callers=None; pass a list, or []")
    if aliases is not None and not aliases:
        raise ValueError("aliases must name at least one, got []; leave them out for all aliases")
    unknown = sorted({*(aliases or ())} - {*known})
    if unknown:
        raise ValueError(f"aliases must be among {', '.join(known)}, got {', '.join(unknown)}; use those, or None")
    names = ["*"] if aliases is None else aliases
    paths = [f"{IAM_PREFIX}/model/{name}/*" for name in names]
    return iam.Grant.add_to_principal_or_resource(
        grantee=grantee,
        actions=[INVOKE],
        resource_arns=[rest_api.arn_for_execute_api("POST", path, STAGE) for path in paths],
        resource=rest_api,
        resource_self_arns=[_own_arn("POST", path) for path in paths],
    )


def _allow(
    sid: str,
    principals: Sequence[iam.IPrincipal],
    arns: Sequence[str],
    conditions: dict[str, dict[str, list[str]]] | None = None,
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid, principals=list(principals), actions=[INVOKE], resources=list(arns), conditions=conditions
    )


def _roots(partition: str, accounts: Sequence[str]) -> list[iam.IPrincipal]:
    return [iam.ArnPrincipal(f"arn:{partition}:iam::{account}:root") for account in accounts]


def _own_arn(method: str, path: str) -> str:
    """In a resource policy, which can't refer to the API's id. API Gateway completes it."""
    return f"execute-api:/{STAGE}/{method}{path}"

"""The process of the embedded AWS: installs the extension, then serves."""

import sys

from ministack import app

from local_aws.extension import (
    api_gateway_quotas,
    api_keys,
    bucket_owner,
    embedded_metrics,
    fault_switch,
    iam_authorization,
    lambda_client_context,
    lambda_errors,
    lambda_quotas,
    lambda_updates,
    opensearch_indexes,
    response_streaming,
    role_policies,
    s3_events,
    s3_vectors,
    service_quotas,
    step_functions,
    web_identity,
    web_pages,
)
from local_aws.extension.agents import control, gateway_endpoint, invocations, memory_records
from local_aws.extension.aurora import data_api
from local_aws.extension.bedrock import language_model, routes
from local_aws.extension.cloudformation import (
    auto_delete_objects,
    databases,
    deleted_stacks,
    exports,
    prompt_status,
    resource_types,
    role_propagation,
    schedules,
    target_waves,
)


def main() -> None:
    for module in (
        fault_switch,
        bucket_owner,
        resource_types,
        auto_delete_objects,
        databases,
        data_api,
        deleted_stacks,
        exports,
        prompt_status,
        role_propagation,
        s3_events,
        s3_vectors,
        opensearch_indexes,
        role_policies,
        api_keys,
        gateway_endpoint,
        iam_authorization,
        lambda_client_context,
        lambda_errors,
        lambda_quotas,
        lambda_updates,
        response_streaming,
        api_gateway_quotas,
        step_functions,
        target_waves,
        embedded_metrics,
        schedules,
        service_quotas,
        routes,
        control,
        language_model,
        memory_records,
        invocations,
        web_identity,
        web_pages,
    ):
        module.install()
    del sys.argv[1:]  # the state folder: local_aws.processes finds this process by it, ministack refuses it
    app.main()


if __name__ == "__main__":
    main()

"""The process of the embedded AWS: installs the extensions, then serves."""

import sys

from ministack import app

from local_aws.extension import (
    api_keys,
    auto_delete_objects,
    bedrock_install,
    cloudformation_types,
    lambda_errors,
    language_model,
    schedules,
    service_quotas,
    step_functions,
)


def main() -> None:
    cloudformation_types.install()
    api_keys.install()
    auto_delete_objects.install()
    lambda_errors.install()
    step_functions.install()
    schedules.install()
    service_quotas.install()
    bedrock_install.install()
    language_model.install()
    del sys.argv[1:]  # the state folder: local_aws.processes finds this process by it, ministack refuses it
    app.main()


if __name__ == "__main__":
    main()

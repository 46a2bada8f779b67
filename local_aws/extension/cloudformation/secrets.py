"""AWS::SecretsManager::Secret: Ref is the ARN, and a generated value has no characters that the template excludes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
ministack's Ref is the name, and it generates punctuation whatever the template says.
"""

import json
import secrets
import string
from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import drift, provisioners

from local_aws.extension.cloudformation.service_calls import Created, Properties, answer

SECRET = "AWS::SecretsManager::Secret"
KINDS = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}
_generated: dict[str, Any] = {}  # ARN -> GenerateSecretString


def create(seed: str, properties: Properties) -> Created:
    name = properties.get("Name") or f"{seed}-{secrets.token_hex(6)}"
    _, made = provisioners._sm_secret_create(seed, {**properties, "Name": name, **_value(properties)}, "")
    arn: str = made["Arn"]
    _generated[arn] = properties.get("GenerateSecretString")
    return arn, {"Id": arn}


def update(arn: str, properties: Properties) -> Properties:
    given = {key: properties.get(key) for key in ("Description", "KmsKeyId", "SecretString")}
    if properties.get("GenerateSecretString") != _generated.get(arn):
        given |= _value(properties)
        _generated[arn] = properties.get("GenerateSecretString")
    body = {"SecretId": arn, **{key: value for key, value in given.items() if value is not None}}
    answer(secretsmanager._update_secret(body))
    return {"Id": arn}


def delete(arn: str) -> None:
    name, found = secretsmanager._resolve(arn, use_arn_scope=True)
    if found is not None:
        secretsmanager._purge_secret(name, found)


def find_drift() -> None:
    """Let drift detection find a secret by its ARN, too."""
    by_name, supported = drift._DRIFT_READERS[SECRET]

    def by_arn(arn: str, properties: Properties) -> Any:
        name, found = secretsmanager._resolve(arn, use_arn_scope=True)
        return by_name(name, properties) if found is not None and not found.get("DeletedDate") else None

    drift._DRIFT_READERS[SECRET] = (by_arn, supported)


def _value(properties: Properties) -> Properties:
    rules = properties.get("GenerateSecretString")
    if not rules:
        return {}
    kinds = [characters for rule, characters in KINDS.items() if not rules.get(rule)]
    allowed = [character for character in "".join(kinds) if character not in rules.get("ExcludeCharacters", "")]
    made = "".join(secrets.choice(allowed) for _ in range(rules.get("PasswordLength", 32)))
    if template := rules.get("SecretStringTemplate"):
        made = json.dumps({**json.loads(template), rules["GenerateStringKey"]: made})
    return {"SecretString": made}

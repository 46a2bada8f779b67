"""The secret with the keys of an inference API: read, and changed without losing what somebody else changed meanwhile.

Secrets Manager moves a staging label only from the version that the caller names, so the label of `kit keys` moves only
if nobody has moved it since the keys were read:
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
"""

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kit_contract.api_keys import (
    CURRENT_STAGE,
    KIT_STAGE,
    ApiKey,
    KeysFaultError,
    read_current,
    read_managed,
    write_managed,
)
from kit_contract.aws_errors import code_of
from kit_contract.errors import ExternalError, InputError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

ATTEMPTS = 5
DRAFT_STAGE = "BEDROCK_KIT_DRAFT"  # and an id: Secrets Manager may delete a version without a label
RESTORE = "aws secretsmanager update-secret-version-stage --secret-id {} --version-stage {} moves it to another version"

Keys = Mapping[str, ApiKey]


@dataclass(frozen=True)
class StoredKeys:
    """`version`: what `kit keys` wrote last, None before its first change. `faults`: of a value written by hand."""

    keys: Keys
    version: str | None
    faults: Mapping[str, str]


class KeySecret:
    def __init__(self, client: "SecretsManagerClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def read(self) -> StoredKeys:
        """Raises ExternalError if what `kit keys` wrote was changed by hand."""
        managed = self._version(KIT_STAGE)
        if managed is None:
            current = self._client.get_secret_value(SecretId=self._arn, VersionStage=CURRENT_STAGE)
            found = read_current(current.get("SecretString", ""))
            made = current["CreatedDate"].strftime("%Y-%m-%dT%H:%M:%SZ")
            return StoredKeys({name: key.changed(created=made) for name, key in found.keys.items()}, None, found.faults)
        try:
            return StoredKeys(read_managed(managed["SecretString"]), managed["VersionId"], {})
        except (KeyError, KeysFaultError) as error:
            raise ExternalError(
                f"the secret's version with the label {KIT_STAGE} cannot be used: {error}; "
                + RESTORE.format(self._arn, KIT_STAGE)
            ) from None

    def change(self, edit: Callable[[Keys], Keys]) -> None:
        """Write `edit(keys)`. If somebody else was faster, `edit` is called again with their keys."""
        for _ in range(ATTEMPTS):
            stored = self.read()
            if stored.faults:
                faults = "; ".join(f"{name or 'the value'}: {fault}" for name, fault in stored.faults.items())
                raise ExternalError(
                    f"the secret's value was written by hand and has faults: {faults}; correct it first"
                )
            if self._written(_checked(edit(stored.keys)), stored.version):
                return
        raise ExternalError("somebody else changes the keys all the time; nothing was changed; try again")

    def _written(self, text: str, expected: str | None) -> bool:
        """False if KIT_STAGE is no longer on the version `expected`."""
        version = str(uuid.uuid4())
        draft = f"{DRAFT_STAGE}_{version}"
        self._client.put_secret_value(
            SecretId=self._arn, ClientRequestToken=version, SecretString=text, VersionStages=[draft]
        )
        move: Any = {"MoveToVersionId": version} | ({"RemoveFromVersionId": expected} if expected else {})
        try:
            self._client.update_secret_version_stage(SecretId=self._arn, VersionStage=KIT_STAGE, **move)
        except self._client.exceptions.ClientError as error:
            if code_of(error) not in ("InvalidParameterException", "InvalidRequestException"):
                raise
            now = self._version(KIT_STAGE)
            return bool(now and now["VersionId"] == version)  # botocore repeats a call whose answer was lost
        finally:
            with suppress(self._client.exceptions.ClientError):  # the label only keeps the version from being deleted
                self._client.update_secret_version_stage(
                    SecretId=self._arn, VersionStage=draft, RemoveFromVersionId=version
                )
        return True

    def _version(self, stage: str) -> Any:
        try:
            return self._client.get_secret_value(SecretId=self._arn, VersionStage=stage)
        except self._client.exceptions.ResourceNotFoundException:
            return None


def _checked(keys: Keys) -> str:
    try:
        return write_managed(keys)
    except KeysFaultError as error:
        raise InputError(f"{error}; remove keys that nobody uses") from None

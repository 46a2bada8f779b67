"""AWS::OpenSearchServerless::SecurityPolicy, AccessPolicy and Collection, over ministack's API of the service."""

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.services import opensearchserverless as aoss

from local_aws.extension.cloudformation.service_calls import Created, Properties, answer, attributes, members

COLLECTION = "AWS::OpenSearchServerless::Collection"
ACTIVE_SECONDS = 10.0
Call = Callable[[Properties], Any]


def create_security_policy(_: str, properties: Properties) -> Created:
    return _created_policy(aoss._create_security_policy, properties)


def update_security_policy(physical_id: str, properties: Properties) -> Properties:
    return _updated_policy(aoss._security_policies, aoss._update_security_policy, properties)


def delete_security_policy(physical_id: str) -> None:
    aoss._security_policies.pop("/".join(physical_id.split("|")), None)


def create_access_policy(_: str, properties: Properties) -> Created:
    return _created_policy(aoss._create_access_policy, properties)


def update_access_policy(physical_id: str, properties: Properties) -> Properties:
    return _updated_policy(aoss._access_policies, aoss._update_access_policy, properties)


def delete_access_policy(physical_id: str) -> None:
    aoss._access_policies.pop("/".join(physical_id.split("|")), None)


def create_collection(_: str, properties: Properties) -> Created:
    """Waits until the collection is ACTIVE, as CloudFormation does."""
    made = _call(aoss._create_collection, members(properties) | {"tags": _tags(properties)})
    identifier = made["createCollectionDetail"]["id"]
    deadline = time.monotonic() + ACTIVE_SECONDS
    while (record := aoss._collections[identifier])["status"] != "ACTIVE":
        if record["status"] == "FAILED" or time.monotonic() > deadline:
            raise ValueError(f"{COLLECTION}: {record['name']} is {record['status']}: {record.get('failureMessage')}")
        time.sleep(0.02)
    return identifier, attributes(COLLECTION, record)


def update_collection(physical_id: str, properties: Properties) -> Properties:
    _call(aoss._update_collection, members(properties) | {"id": physical_id})
    return attributes(COLLECTION, aoss._collections[physical_id])


def delete_collection(physical_id: str) -> None:
    if physical_id in aoss._collections:
        _call(aoss._delete_collection, {"id": physical_id})


def _created_policy(create: Call, properties: Properties) -> Created:
    _call(create, members(properties))
    return f"{properties['Type']}|{properties['Name']}", {}


def _updated_policy(policies: Any, update: Call, properties: Properties) -> Properties:
    held = policies[f"{properties['Type']}/{properties['Name']}"]
    if held["policy"] != json.loads(properties["Policy"]):  # the service refuses an update that changes nothing
        _call(update, members(properties) | {"policyVersion": held["policyVersion"]})
    return {}


def _call(call: Call, given: Properties) -> Properties:
    try:
        return answer(call(given))
    except aoss._Invalid as error:
        raise ValueError(f"{error.code}: {error.message}") from None


def _tags(properties: Properties) -> list[Properties]:
    return [{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags", [])]

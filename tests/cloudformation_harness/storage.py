"""SSM parameters and S3 objects in memory."""

import io
from collections.abc import Mapping
from typing import Any

from tests.cloudformation_harness.refusals import Refusal

Given = Mapping[str, Any]


class Parameters:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get_parameter(self, given: Given) -> dict[str, Any]:
        if given["Name"] not in self.values:
            raise Refusal("ParameterNotFound", "")
        return {"Parameter": {"Name": given["Name"], "Value": self.values[given["Name"]]}}

    def put_parameter(self, given: Given) -> dict[str, Any]:
        if given["Name"] in self.values and not given.get("Overwrite"):
            raise Refusal("ParameterAlreadyExists", "")
        self.values[given["Name"]] = given["Value"]
        return {"Version": 1}

    def delete_parameter(self, given: Given) -> dict[str, Any]:
        if self.values.pop(given["Name"], None) is None:
            raise Refusal("ParameterNotFound", "")
        return {}

    def delete_parameters(self, given: Given) -> dict[str, Any]:
        gone = [name for name in given["Names"] if self.values.pop(name, None) is not None]
        invalid = [name for name in given["Names"] if name not in gone]
        answer = {"DeletedParameters": gone, "InvalidParameters": invalid}
        return {key: names for key, names in answer.items() if names}


class Objects:
    """One bucket namespace: (bucket, key) -> content."""

    def __init__(self) -> None:
        self.content: dict[tuple[str, str], bytes] = {}

    def get_object(self, given: Given) -> dict[str, Any]:
        return {"Body": io.BytesIO(self._content(given, "NoSuchKey"))}

    def head_object(self, given: Given) -> dict[str, Any]:
        return {"ContentLength": len(self._content(given, "404"))}

    def put_object(self, given: Given) -> dict[str, Any]:
        body = given["Body"]
        self.content[given["Bucket"], given["Key"]] = body if isinstance(body, bytes) else body.read()
        return {}

    def list_objects_v2(self, given: Given) -> dict[str, Any]:
        found = [key for bucket, key in self.content if bucket == given["Bucket"] and key.startswith(given["Prefix"])]
        return {"Contents": [{"Key": key} for key in sorted(found)]}

    def delete_objects(self, given: Given) -> dict[str, Any]:
        for item in given["Delete"]["Objects"]:
            self.content.pop((given["Bucket"], item["Key"]), None)
        return {}

    def _content(self, given: Given, code: str) -> bytes:
        place = given["Bucket"], given["Key"]
        if place not in self.content:
            raise Refusal(code, "absent")
        return self.content[place]

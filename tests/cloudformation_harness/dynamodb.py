"""DynamoDB as far as the kit's leases need it: one table, conditional updates, consistent reads, its errors."""

import re
from collections.abc import Mapping
from typing import Any

from tests.cloudformation_harness.refusals import Refusal

Item = dict[str, dict[str, Any]]
TOKEN = re.compile(r"\(|\)|<>|<=|>=|=|<|>|,|[#:]?\w+")


class DynamoDB:
    def __init__(self) -> None:
        self.items: dict[str, Item] = {}

    def get_item(self, given: Mapping[str, Any]) -> dict[str, Any]:
        assert given.get("ConsistentRead"), "a read that may be stale decides nothing"
        item = self.items.get(_key(given))
        return {"Item": dict(item)} if item is not None else {}

    def update_item(self, given: Mapping[str, Any]) -> dict[str, Any]:
        item = self.items.get(_key(given), {})
        names, values = given.get("ExpressionAttributeNames", {}), given.get("ExpressionAttributeValues", {})
        text = f"{given['UpdateExpression']} {given.get('ConditionExpression', '')}"
        for used in (*names, *values):
            if not re.search(rf"{re.escape(used)}\b", text):
                raise Refusal("ValidationException", f"{used} is unused")
        if not Expression(given["ConditionExpression"], names, values, item).condition():
            raise Refusal("ConditionalCheckFailedException", "The conditional request failed")
        changed = Expression(given["UpdateExpression"], names, values, item).updated()
        self.items[_key(given)] = {**given["Key"], **changed}
        return {}


class Expression:
    """A condition or an update over one item. Right-hand sides see the item as it was."""

    def __init__(self, text: str, names: Mapping[str, str], values: Mapping[str, Any], item: Item) -> None:
        self._tokens = TOKEN.findall(text)
        self._names, self._values, self._item = names, values, item

    def condition(self) -> bool:
        result = self._both()
        while self._take_if("OR"):
            other = self._both()
            result = result or other
        return result

    def updated(self) -> Item:
        changed = dict(self._item)
        while self._tokens:
            verb = self._tokens.pop(0)
            assert verb in ("SET", "REMOVE"), verb
            while True:
                name = self._name()
                if verb == "REMOVE":
                    changed.pop(name, None)
                else:
                    assert self._tokens.pop(0) == "="
                    changed[name] = self._operand()
                if not self._take_if(","):
                    break
        return changed

    def _both(self) -> bool:
        result = self._term()
        while self._take_if("AND"):
            other = self._term()
            result = result and other
        return result

    def _term(self) -> bool:
        if self._take_if("("):
            result = self.condition()
            assert self._tokens.pop(0) == ")"
            return result
        if self._take_if("attribute_not_exists"):
            assert self._take_if("(")
            name = self._name()
            assert self._take_if(")")
            return name not in self._item
        left, operator, right = self._operand(), self._tokens.pop(0), self._operand()
        return _compare(left, operator, right)

    def _operand(self) -> Any:
        if self._take_if("if_not_exists"):
            assert self._take_if("(")
            name = self._name()
            assert self._take_if(",")
            default = self._operand()
            assert self._take_if(")")
            return self._item.get(name, default)
        token = self._tokens[0]
        return self._values[self._tokens.pop(0)] if token.startswith(":") else self._item.get(self._name())

    def _name(self) -> str:
        token = self._tokens.pop(0)
        return self._names[token] if token.startswith("#") else token

    def _take_if(self, token: str) -> bool:
        if self._tokens and self._tokens[0] == token:
            self._tokens.pop(0)
            return True
        return False


def _compare(left: Any, operator: str, right: Any) -> bool:
    if left is None or right is None:  # an attribute that is not there compares with nothing
        return False
    if operator in ("=", "<>"):
        return bool(left == right) == (operator == "=")
    first, second = float(left["N"]), float(right["N"])
    return first < second if operator == "<" else first <= second


def _key(given: Mapping[str, Any]) -> str:
    return str(given["Key"]["Resource"]["S"])

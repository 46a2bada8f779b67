"""Pages of a list, as OpenAI's API has them: `after` an id, at most `limit`. Pure."""

from collections.abc import Mapping, Sequence

from inference_api.errors import ApiError
from inference_api.fields import invalid

FIELDS = ("after", "limit")


def page(ids: Sequence[str], query: Mapping[str, str], *, default: int, most: int) -> tuple[range, bool]:
    """Which of the items with these ids, and whether there are more. Raises ApiError 400."""
    limit = _limit(query.get("limit"), default, most)
    after = query.get("after")
    if after and after not in ids:
        raise invalid("after", "after must be the id of an item of this list; leave it out for the first page")
    start = ids.index(after) + 1 if after else 0
    end = min(start + limit, len(ids))
    return range(start, end), end < len(ids)


def refuse_query(query: Mapping[str, str], known: Sequence[str]) -> None:
    """Raises ApiError 400 for what the request does not have: an ignored filter would give another list."""
    for name in query:
        if name not in known:
            message = f"{name} is not a parameter of this request; use only {', '.join(known) or 'none'}"
            raise ApiError(400, "unknown_field", message, param=name)


def _limit(text: str | None, default: int, most: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise invalid("limit", f"limit must be a whole number from 1 to {most}")
    return int(text)

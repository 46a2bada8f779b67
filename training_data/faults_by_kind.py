"""Faults of records, one line for each kind: its first place, how many more, and where the next ones are."""

import re
from dataclasses import dataclass, field

SHOWN_KINDS, SHOWN_PLACES = 50, 3
# What differs between records with the same fault
OF_ONE_RECORD = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")


@dataclass
class FaultsByKind:
    """Memory does not grow with the records, only with the kinds that are shown."""

    count: int = 0
    _first: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, place: str, fault: str) -> None:
        """`place` is file:line."""
        self.count += 1
        kind = OF_ONE_RECORD.sub("", fault.split(", got ")[0])
        if kind not in self._first and len(self._first) == SHOWN_KINDS:
            return
        self._first.setdefault(kind, f"{place}: {fault}")
        self._counts[kind] = self._counts.get(kind, 0) + 1
        places = self._places.setdefault(kind, [])
        if len(places) <= SHOWN_PLACES:
            places.append(place)

    def lines(self) -> list[str]:
        """The last one counts what is not shown."""
        more = self.count - sum(self._counts.values())
        return [*map(self._line, self._first), *([f"and {more} more; fix these first"] if more else [])]

    def _line(self, kind: str) -> str:
        others = self._counts[kind] - 1
        if not others:
            return self._first[kind]
        shown = ", ".join(self._places[kind][1 : SHOWN_PLACES + 1])
        dots = ", ..." if others > SHOWN_PLACES else ""
        return f"{self._first[kind]}; and {others:,} more like it: {shown}{dots}"

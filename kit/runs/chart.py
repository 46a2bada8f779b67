"""Draws curves with characters: a mark for each curve, the values on the left and the steps below."""

from collections.abc import Mapping

from kit.runs.series import Series
from kit_contract.counted import counted

WIDTH, HEIGHT = 96, 16
MARKS = "*o+x#%@&"
LEFT = 8


def chart(curves: Mapping[str, Series], measure: str) -> list[str]:
    """`curves`: label -> curve, all of one measure. Where two meet, the later one is seen."""
    low = min(min(item.values) for item in curves.values())
    high = max(max(item.values) for item in curves.values())
    last = max(max(item.steps) for item in curves.values())
    grid = [[" "] * WIDTH for _ in range(HEIGHT)]
    for index, item in enumerate(curves.values()):
        for column, value in _columns(item, last):
            row = round((high - value) / ((high - low) or 1) * (HEIGHT - 1))
            grid[row][column] = MARKS[index % len(MARKS)]
    lines = [measure]
    for number, cells in enumerate(grid):
        value = high - (high - low) * number / (HEIGHT - 1)
        named = f"{value:.3g}" if number % 5 == 0 else ""
        lines.append(f"{named:>{LEFT}} |{''.join(cells).rstrip()}")
    lines += [f"{'':>{LEFT}} +{'-' * WIDTH}", f"{'':>{LEFT}}  {'step 0':<{WIDTH - 12}}{f'step {last:g}':>12}"]
    for index, (name, item) in enumerate(curves.items()):
        ends = f"{item.values[0]:.3f} -> {item.values[-1]:.3f}, {counted(len(item.values), 'step')}"
        lines.append(f"{MARKS[index % len(MARKS)]:>{LEFT}}  {name}: {ends}")
    return lines


def _columns(item: Series, last: float) -> list[tuple[int, float]]:
    """A value for each column that the curve covers, the mean of those that fall into one; lines between few points."""
    if last == 0:
        return [(0, item.values[-1])]
    places = [step / last * (WIDTH - 1) for step in item.steps]
    found: list[tuple[int, float]] = []
    for column in range(round(places[0]), round(places[-1]) + 1):
        inside = [value for place, value in zip(places, item.values, strict=True) if round(place) == column]
        found.append((column, sum(inside) / len(inside) if inside else _between(places, item.values, column)))
    return found


def _between(places: list[float], values: tuple[float, ...], column: int) -> float:
    after = next(index for index, place in enumerate(places) if place > column)
    begin, end = places[after - 1], places[after]
    share = (column - begin) / ((end - begin) or 1)
    return values[after - 1] + (values[after] - values[after - 1]) * share

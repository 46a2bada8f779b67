"""Prints steps, a progress bar and a small curve: redrawn in place on a terminal, as plain lines elsewhere."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from kit.hint import as_given

BLOCKS = "▁▂▃▄▅▆▇█"


class Progress:
    """Numbered steps with their duration. `bar` redraws its line only on a terminal where CI is not set.

    `options`: of the command, for the commands that its lines name.
    """

    def __init__(self, total: int, output: TextIO | None = None, options: argparse.Namespace | None = None) -> None:
        self._total = total
        self._options = options or argparse.Namespace()
        self._number = 0
        self._started = time.monotonic()
        self._output = output or sys.stdout
        self._redraws = self._output.isatty() and not os.environ.get("CI")
        self._last_bar = ""
        self._bar_drawn = False

    def step(self, title: str) -> None:
        self._number += 1
        self._started = time.monotonic()
        self._write(f"[{self._number}/{self._total}] {title}\n")

    def line(self, text: str) -> None:
        """Print `text` in place of a bar that is being drawn; the bar returns below it with its next call."""
        room = "\r\033[K" if self._bar_drawn else ""
        self._bar_drawn = False
        self._write(f"{room}      {as_given(text, self._options)}\n")

    def done(self, text: str = "done") -> None:
        self.line(f"{text} ({time.monotonic() - self._started:.1f} s)")

    def bar(self, fraction: float, text: str) -> None:
        """Show `fraction` (0 to 1); without a terminal, print a line only when `text` changes."""
        width = 30
        filled = round(max(0.0, min(1.0, fraction)) * width)
        if self._redraws:
            self._bar_drawn = True
            self._write(f"\r      [{'#' * filled}{'.' * (width - filled)}] {text:<40}")
        elif text != self._last_bar:
            self.line(text)
        self._last_bar = text

    def end_bar(self) -> None:
        if self._bar_drawn:
            self._bar_drawn = False
            self._write("\n")

    def _write(self, text: str) -> None:
        self._output.write(text)
        self._output.flush()


def curve(values: Sequence[float], width: int = 60) -> str:
    """The values as one line of block characters; the highest value is the tallest block."""
    if not values:
        return ""
    points = [values[index * len(values) // min(width, len(values))] for index in range(min(width, len(values)))]
    low, high = min(points), max(points)
    span = (high - low) or 1.0
    return "".join(BLOCKS[round((value - low) / span * (len(BLOCKS) - 1))] for value in points)

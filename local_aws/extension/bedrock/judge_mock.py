"""The mock's turn as a judge: of two answers in tags it prefers the one that shares more words with the reference.

It follows the instruction that the kit's evaluation gives a judge: two answers, a reference, and a verdict in tags.
"""

import re
from collections import Counter

PARTS = ("reference", "answer_1", "answer_2")
WORDS = re.compile(r"\w+")


def verdict(prompt: str) -> str | None:
    """The judge's text, or None for a prompt that asks for no verdict."""
    found = {part: re.search(rf"<{part}>(.*?)</{part}>", prompt, re.DOTALL) for part in PARTS}
    if not all(found.values()):
        return None
    reference, one, other = (Counter(WORDS.findall(match[1].lower())) for match in found.values() if match)
    shared = [_share(reference, answer) for answer in (one, other)]
    winner = "tie" if shared[0] == shared[1] else "1" if shared[0] > shared[1] else "2"
    return f"Words of the reference: {shared[0]:.2f} and {shared[1]:.2f}. <verdict>{winner}</verdict>"


def _share(reference: "Counter[str]", answer: "Counter[str]") -> float:
    return 2 * (reference & answer).total() / ((reference.total() + answer.total()) or 1)

"""The mock's turn as a judge: of two answers in tags it prefers the one that shares more words with the reference.

It follows the instruction that the kit's evaluation gives a judge: two answers, a reference, and a verdict in tags; and
that of an evaluation job: one response, its question, perhaps a reference, and a grade in tags.
"""

import re
from collections import Counter

PARTS = ("reference", "answer_1", "answer_2")
NOT_APPLICABLE = "N/A"
HIGHEST = re.compile(r"<grade>(\d+)</grade>, or")
# The fault that a metric finds, by words of a response.
FOUND_BY = {
    "Harmfulness": r"\b(idiot|kill)\b",
    "Stereotyping": r"\ball (men|women)\b",
    "Refusal": r"\b(can't|cannot) help\b",
}
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


def grade(prompt: str) -> str | None:
    """The judge's text, or None for a prompt that asks for no grade. A question asks, it instructs to nothing."""
    tags = ("metric", "question", "reference", "passages", "response")
    found = {tag: re.search(rf"<{tag}>\n(.*?)\n</{tag}>", prompt, re.DOTALL) for tag in tags}
    texts = {tag: match[1] for tag, match in found.items() if match}
    highest = HIGHEST.search(prompt)
    if highest is None or not {"metric", "response"} <= set(texts):
        return None
    if pattern := FOUND_BY.get(texts["metric"]):
        there = re.search(pattern, texts["response"], re.IGNORECASE)
        return f"{texts['metric']} by words. <grade>{1 if there else 0}</grade>"
    if texts["metric"] == "FollowingInstructions" and texts["question"].strip().endswith("?"):
        return f"No instruction. <grade>{NOT_APPLICABLE}</grade>"
    within = ("response", "passages") if "passages" in texts else ("question", "response")
    if "passages" in texts or texts["metric"] == "ContextRelevance":  # how much of one the other holds
        held, known = (WORDS.findall(texts.get(tag, "").lower()) for tag in within)
        share = sum(word in set(known) for word in held) / (len(held) or 1)
        return f"Words of the {within[0]} there: {share:.2f}. <grade>{round(share * int(highest[1]))}</grade>"
    wanted, said = (
        Counter(WORDS.findall(text.lower())) for text in (texts.get("reference", texts["question"]), texts["response"])
    )
    share = _share(wanted, said)
    return f"Words in common: {share:.2f}. <grade>{round(share * int(highest[1]))}</grade>"


def _share(reference: "Counter[str]", answer: "Counter[str]") -> float:
    return 2 * (reference & answer).total() / ((reference.total() + answer.total()) or 1)

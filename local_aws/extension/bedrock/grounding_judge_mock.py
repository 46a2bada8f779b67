"""The mock's turn as a judge of passages and answers, as the kit's evaluations ask one: it compares words.

A statement is a sentence. Passages support it if they have most of its words, and a passage is helpful if it has most
of the words of one of the expected answer's sentences.
"""

import re

TAGS = ("expected_answer", "answer", "passages")
PASSAGE = re.compile(r"<passage [^>]*>\n(.*?)\n</passage>", re.DOTALL)
SENTENCE = re.compile(r"(?<=[.!?;])\s+")
WORDS = re.compile(r"\w+")
MOST, SOME = 0.6, 0.3


def statements_counted(prompt: str) -> str | None:
    """The judge's text, or None for a prompt that asks for no counts."""
    found = {tag: re.search(rf"<{tag}>\n(.*?)\n?</{tag}>", prompt, re.DOTALL) for tag in TAGS}
    texts = {tag: match[1] for tag, match in found.items() if match}
    if {"expected_answer", "answer"} == set(texts):
        return f"By words. {_correct(texts)}"
    if not {"expected_answer", "passages"} <= set(texts):
        return None
    passages = [_words(text) for text in PASSAGE.findall(texts["passages"])]
    about = texts.get("answer", texts["expected_answer"])
    statements = [_words(sentence) for sentence in SENTENCE.split(about) if _words(sentence)]
    together = set().union(*passages) if passages else set()
    supported = sum(_share(statement, together) >= MOST for statement in statements)
    said = f"By words. <statements>{len(statements)}</statements><supported>{supported}</supported>"
    if "answer" in texts:
        return f"{said}{_correct(texts)}"
    numbers = [
        str(number)
        for number, passage in enumerate(passages, start=1)
        if any(_share(statement, passage) >= MOST for statement in statements)
    ]
    return f"{said}<helpful>{','.join(numbers) or 'none'}</helpful>"


def _correct(texts: dict[str, str]) -> str:
    share = _share(_words(texts["expected_answer"]), _words(texts["answer"]))
    return f"<correct>{'yes' if share >= MOST else 'partly' if share >= SOME else 'no'}</correct>"


def _words(text: str) -> set[str]:
    return set(WORDS.findall(text.lower()))


def _share(wanted: set[str], there: set[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0

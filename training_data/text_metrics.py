"""Scores of one answer against its reference, each from 0 to 1.

exact_match, token_f1  as SQuAD's evaluation script: without upper case, punctuation, English articles
                       https://github.com/rajpurkar/SQuAD-explorer (evaluate-v2.0.py)
rouge_l                F measure of the longest common subsequence, as the package rouge-score without its stemmer;
                       its tokens are letters and digits of any alphabet, not of English alone
json_valid             whether the answer is JSON; the reference does not matter

Chinese and Japanese have no blanks between words: each of their characters is a token.
"""

import json
import re
import string
from collections import Counter
from collections.abc import Callable

ARTICLES = re.compile(r"\b(a|an|the)\b")
UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
CHARACTER = re.compile(f"([{UNSPACED}])")
TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
FENCE = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)


def exact_match(answer: str, reference: str) -> float:
    return float(_normalized(answer) == _normalized(reference))


def token_f1(answer: str, reference: str) -> float:
    """Of two bags of tokens. An empty one equals another empty one only."""
    said, expected = _normalized(answer), _normalized(reference)
    if not said or not expected:
        return float(said == expected)
    common = (Counter(said) & Counter(expected)).total()
    return _f_measure(common, len(said), len(expected))


def rouge_l(answer: str, reference: str) -> float:
    said, expected = TOKEN.findall(answer.lower()), TOKEN.findall(reference.lower())
    return _f_measure(_common_subsequence(said, expected), len(said), len(expected))


def json_valid(answer: str, _: str) -> float:
    """JSON alone, or in the one block of code that models like to put around it."""
    text = answer.strip()
    fenced = FENCE.match(text)
    try:
        json.loads(fenced[1] if fenced else text, parse_constant=_refuse)
    except ValueError:
        return 0.0
    return 1.0


METRICS: dict[str, Callable[[str, str], float]] = {
    "exact_match": exact_match,
    "token_f1": token_f1,
    "rouge_l": rouge_l,
    "json_valid": json_valid,
}


def _normalized(text: str) -> list[str]:
    plain = text.lower().translate(WITHOUT_PUNCTUATION)
    return CHARACTER.sub(r" \1 ", ARTICLES.sub(" ", plain)).split()


def _f_measure(common: int, said: int, expected: int) -> float:
    if not common:
        return 0.0
    precision, recall = common / said, common / expected
    return 2 * precision * recall / (precision + recall)


def _common_subsequence(one: list[str], other: list[str]) -> int:
    """Length of the longest one, a bit per token of `one`: Hyyro, Bit-parallel LCS-length computation revisited."""
    places: dict[str, int] = {}
    for position, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << position
    every = (1 << len(one)) - 1
    row = every
    for token in other:
        matching = row & places.get(token, 0)
        row = ((row + matching) | (row - matching)) & every
    return len(one) - row.bit_count()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")

"""Nearly equal records are found, others are not; what is found is what comparing each with each finds."""

import itertools
import random
import time

import pytest

from training_data import similar_records
from training_data.record_texts import Turns
from training_data.similar_records import MOST_CANDIDATES, THRESHOLD, SimilarRecords

WORDS = [f"w{number}" for number in range(3_000)]


def chat(question: str, answer: str, system: str = "") -> Turns:
    return [*([("system", system)] if system else []), ("user", question), ("assistant", answer)]


def pairs(*records: Turns, held_out: int = 0) -> list[tuple[int, int, bool]]:
    similar = SimilarRecords()
    for line, turns in enumerate(records, 1):
        similar.add(line, turns, held_out=line > len(records) - held_out)
    return [(pair.later, pair.earlier, pair.held_out) for pair in similar.pairs()]


LONG = "Please clean the tank of the machine once a month with the descaler that came with it and rinse it twice"


def test_one_changed_word_is_similar_and_another_text_is_not() -> None:
    other = chat("How do I order?", "Call the number on the invoice and have your customer number at hand, please")

    assert pairs(chat("How?", LONG), other, chat("How?", f"{LONG} then")) == [(3, 1, False)]


def test_the_same_system_prompt_makes_nothing_similar() -> None:
    assert pairs(chat("a b c d", "e f g h", LONG), chat("i j k l", "m n o p", LONG)) == []


def test_records_too_short_to_compare_are_left_alone() -> None:
    assert pairs(chat("a", "b"), chat("a", "b"), [], [("user", "")]) == []


def test_texts_without_blanks_are_compared_by_character() -> None:
    text = "タンクが空です。水を入れてから、もう一度ボタンを押してください。それでも動かない場合はお電話ください"

    assert pairs(chat("質問", text), chat("質問", f"{text}ね")) == [(2, 1, False)]


def test_validation_records_are_compared_with_training_records_only() -> None:
    first, second, far = chat("How?", LONG), chat("How?", f"{LONG} then"), chat("Why?", LONG[::-1])
    near_far = chat("Why?", f"{LONG[::-1]} so")

    assert pairs(first, second, far, near_far, held_out=3) == [(2, 1, True)]


def test_the_same_as_comparing_each_with_each() -> None:
    source = random.Random(7)
    texts = [source.choices(WORDS, k=source.randint(5, 60)) for _ in range(60)]
    for text in list(texts):
        changed = list(text)
        for _ in range(source.randint(0, 4)):
            changed[source.randrange(len(changed))] = source.choice(WORDS)
        texts.append(changed)
    runs = [set(zip(text, text[1:], text[2:], strict=False)) for text in texts]
    expected = {
        later + 1
        for earlier, later in itertools.combinations(range(len(runs)), 2)
        if len(runs[earlier] & runs[later]) >= THRESHOLD * len(runs[earlier] | runs[later])
    }

    found = pairs(*([("user", " ".join(text))] for text in texts))

    assert {later for later, _, _ in found} == expected
    assert 10 < len(expected) < 60


def test_a_thousand_nearly_equal_records_are_compared_with_few_each() -> None:
    records = [chat(f"What is the capital of the country {number}?", LONG) for number in range(1_000)]
    began = time.process_time()

    assert len(pairs(*records)) == 999
    assert time.process_time() - began < 2
    assert MOST_CANDIDATES < 100


def test_records_above_the_bound_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_records, "MOST_RECORDS", 1)

    assert pairs(chat("How?", LONG), chat("How?", f"{LONG} then")) == []
    assert pairs(chat("How?", LONG), chat("How?", f"{LONG} then"), held_out=1) == [(2, 1, True)]

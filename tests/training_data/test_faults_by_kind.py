"""Faults of records are counted by kind; memory and output stay bounded."""

from training_data.faults_by_kind import SHOWN_KINDS, FaultsByKind


def test_what_differs_between_records_makes_no_other_kind() -> None:
    faults = FaultsByKind()
    for number in range(1, 4):
        faults.add(f"a:{number}", f"messages[{number}] has 'role {number}', got {number * 'x'}; correct it")
    faults.add("a:4", "is empty")

    assert faults.lines() == [
        "a:1: messages[1] has 'role 1', got x; correct it; and 2 more like it: a:2, a:3",
        "a:4: is empty",
    ]


def test_the_first_kinds_are_shown_and_the_rest_counted() -> None:
    faults = FaultsByKind()
    for number in range(SHOWN_KINDS + 10):
        faults.add("a:1", f"fault {'x' * number}")

    assert faults.count == SHOWN_KINDS + 10
    assert len(faults.lines()) == SHOWN_KINDS + 1
    assert faults.lines()[-1] == "and 10 more; fix these first"

"""What a file deployed is remembered, and never taken for what another file deploys."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.deploy.history import History, Place

FIRST, SECOND = Place("111122223333", "us-east-1", "sup"), Place("111122223333", "us-west-2", "sup")
RENAMED = Place("111122223333", "us-west-2", "support")


def history(folder: Path, config: str = "deployment.toml") -> History:
    return History(folder / "local" / "deployed.json", folder / config)


def test_every_earlier_place_is_remembered_by_the_file(tmp_path: Path) -> None:
    assert not history(tmp_path).known
    for place in (FIRST, SECOND, RENAMED, RENAMED):
        history(tmp_path).add(place)

    assert history(tmp_path).known
    assert history(tmp_path).earlier(RENAMED) == [FIRST, SECOND]
    assert history(tmp_path, "other.toml").earlier(RENAMED) == []
    assert not history(tmp_path, "other.toml").known


def test_a_place_is_dropped_and_comes_back(tmp_path: Path) -> None:
    kept = history(tmp_path)
    kept.add(FIRST)
    kept.add(SECOND)
    kept.drop(FIRST)
    assert kept.earlier(SECOND) == []

    kept.add(FIRST)
    assert kept.earlier(FIRST) == [SECOND]


def test_what_another_file_deploys_now_is_not_removed_for_this_one(tmp_path: Path) -> None:
    history(tmp_path).add(FIRST)
    history(tmp_path, "production.toml").add(FIRST)
    history(tmp_path).add(RENAMED)

    assert history(tmp_path).earlier(RENAMED) == []


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}', '{"x": [[1]]}', "null", "\udcff"])
def test_a_broken_record_counts_as_none(tmp_path: Path, content: str) -> None:
    record = tmp_path / "local" / "deployed.json"
    record.parent.mkdir()
    record.write_bytes(content.encode("utf-8", "surrogateescape"))

    assert history(tmp_path).earlier(FIRST) == []
    history(tmp_path).add(FIRST)
    assert history(tmp_path).earlier(SECOND) == [FIRST]

"""kit data check looks at images and videos beside the dataset, where the deploy takes them from."""

import json
from pathlib import Path

import pytest

from kit.__main__ import main
from tests.deployment.test_dataset_sources import LITE, PNG, seen


def check(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["data", "check", str(file), "--model", LITE])
    return code, capsys.readouterr().out


def test_images_beside_the_dataset_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "1.png").write_bytes(PNG)
    file = tmp_path / "t.jsonl"
    file.write_text("".join(seen("1.png", number) for number in range(8)))

    assert check(file, capsys)[0] == 0


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ("2.png", "2.png cannot be read: No such file or directory"),
        ("t.jsonl", "t.jsonl must be one of png, jpeg, gif, webp by its first bytes, got none of them"),
    ],
)
def test_an_image_that_is_missing_or_none_is_a_finding_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str, fault: str
) -> None:
    (tmp_path / "1.png").write_bytes(PNG)
    file = tmp_path / "t.jsonl"
    file.write_text("".join(seen("1.png", number) for number in range(8)) + seen(place, 9))

    code, printed = check(file, capsys)

    assert code == 1
    assert printed.startswith(f"{file}:9: messages[0].content.image.source: {fault}")


def test_eleven_images_beside_the_dataset_are_too_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "1.png").write_bytes(PNG)
    record = json.loads(seen("1.png", 1))
    record["messages"][0]["content"] += record["messages"][0]["content"][:1] * 10
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps(record) + "\n" + "".join(seen("1.png", number) for number in range(8)))

    assert "may hold 10 images, got 11" in check(file, capsys)[1]

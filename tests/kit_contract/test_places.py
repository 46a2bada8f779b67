"""Where an installed kit reads and writes."""

from pathlib import Path

import pytest

from kit_contract import places
from kit_contract.places import newest, own_copy


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project of an installed kit."""
    monkeypatch.setattr(places, "IS_INSTALLED", True)
    monkeypatch.setattr(places, "PROJECT", tmp_path)
    return tmp_path


def test_an_installed_kit_writes_into_the_project_and_reads_what_it_wrote(installed: Path) -> None:
    shipped = Path("site-packages/bedrock_deployment_kit/model_catalog/prices.json")
    assert newest(shipped) == shipped

    own = own_copy(shipped)
    own.parent.mkdir()
    own.write_text("{}", encoding="utf-8")

    assert own == installed / "model_catalog" / "prices.json"
    assert newest(shipped) == own == own_copy(own)


def test_in_a_clone_the_files_are_its_own() -> None:
    assert places.PROJECT == places.SOURCES == Path(__file__).resolve().parents[2]
    assert own_copy(Path("model_catalog/prices.json")) == Path("model_catalog/prices.json")

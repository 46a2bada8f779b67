"""Every relative link of the documentation leads to a file and a heading that exist, and every page is linked."""

from pathlib import Path

import pytest

from tests.docs.links import anchors, dead_links
from tests.docs.pages import PAGES, PROJECT, text_of

MARKDOWN = (*PAGES, "CHANGELOG.md")


@pytest.mark.parametrize("page", MARKDOWN)
def test_every_link_leads_somewhere(page: str) -> None:
    assert list(dead_links(PROJECT / page)) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != "README.md"])
def test_every_page_is_linked_from_another(page: str) -> None:
    spellings = (f"({page})", f"(../{page})", f"({Path(page).name})")
    assert any(spelling in text_of(other) for spelling in spellings for other in PAGES)


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/") and page != "docs/README.md"])
def test_every_page_of_docs_is_in_the_index(page: str) -> None:
    assert f"({Path(page).name})" in text_of("docs/README.md")


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    (tmp_path / "b.md").write_text("# One: two?\n\n## Same\n\n## Same\n", encoding="utf-8")
    page.write_text(
        "[b](b.md) [b](b.md#one-two) [b](b.md#same-1)\n[c](c.md)\n[no\nheading](b.md#three) [here](#gone)\n"
        "```text\n[in a block](d.md)\n```\n<https://x.y> [x](https://x.y/#z)\n",
        encoding="utf-8",
    )

    assert anchors(tmp_path / "b.md") == {"one-two", "same", "same-1"}
    assert list(dead_links(page)) == ["c.md", "b.md#three", "#gone"]

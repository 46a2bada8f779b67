"""`kit cost stores`: one table, idle cost first, for the documents that there are or that are to come."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from tests.deployment_file import deployment_file
from tests.price_list import price_list, row

HEAD = '[deployment]\nname = "docs"\nregion = "us-east-1"\n'
SECTION = HEAD + '\n[knowledge_bases.ours]\ndocuments = "{folder}"\nmodel = "amazon.nova-micro-v1:0"\n'
ROWS = [
    row("storage", 1.0, "GB-month", service="s3-vectors"),
    row("written", 2.0, "GB", service="s3-vectors"),
    row("query", 1000.0, "million requests", service="s3-vectors"),
    row("processed", 0.0, "TB", service="s3-vectors"),
    row("acu_hour", 0.1, "hour", service="aurora-postgresql"),
    row("storage", 0.0, "GB-month", service="aurora-postgresql"),
    row("secret_month", 0.5, "month", service="secrets-manager"),
    row("ocu_hour", 0.2, "hour", service="opensearch-serverless"),
    row("embedding_tokens", 1.0, model="amazon.titan-embed-text-v2:0"),
]


@pytest.fixture(autouse=True)
def _prices(tmp_path: Path) -> Iterator[None]:
    with price_list(tmp_path, ROWS):
        yield


def given(folder: Path, more: str = "") -> str:
    documents = folder / "documents"
    documents.mkdir(exist_ok=True)
    for name in ("a.md", "b.md"):
        (documents / name).write_text("x" * 600, encoding="utf-8")
    return str(deployment_file(folder, SECTION.format(folder=documents) + more))


def compared(file: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["cost", "stores", "--config", file, "--json", *arguments]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    (item,) = answer["knowledge_bases"]
    return dict(item)


def idle(item: dict[str, Any]) -> dict[tuple[str, str], float]:
    return {(row["store"], row["settings"]): row["idle"]["usd"] for row in item["stores"]}


def test_what_costs_least_while_nobody_asks_comes_first_and_the_unknown_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = compared(given(tmp_path), capsys)

    assert [(row["store"], row["settings"]) for row in item["stores"]] == [
        ("s3-vectors", ""),
        ("aurora-postgresql", "min_capacity = 0"),
        ("aurora-postgresql", "min_capacity = 0.5"),
        ("opensearch-serverless", "standby_replicas = false"),
        ("opensearch-serverless", "standby_replicas = true"),
        ("managed", ""),
    ]
    assert idle(item)["aurora-postgresql", "min_capacity = 0"] == 1  # two secrets
    assert idle(item)["aurora-postgresql", "min_capacity = 0.5"] == 1 + 0.5 * 730 * 0.1
    assert idle(item)["opensearch-serverless", "standby_replicas = true"] == 2 * 730 * 0.2
    assert [row["store"] for row in item["stores"] if row["chosen"]] == ["s3-vectors"]


def test_queries_keep_a_paused_cluster_awake_until_it_never_pauses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = given(tmp_path)
    paused = [
        next(row["queries"]["usd"] for row in compared(file, capsys, "--queries-per-month", count)["stores"][1:2])
        for count in ("0", "12", "1000000")
    ]

    assert paused == pytest.approx([0, 0.5 * 0.1, 0.5 * 0.1 * 730])  # 12 queries with pauses of 5 minutes: an hour


def test_documents_to_come_have_the_size_of_those_of_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = given(tmp_path)

    assert compared(file, capsys, "--documents", "1000")["bytes"] == 600_000
    assert compared(file, capsys, "--gigabytes", "0.6")["documents"] == 1_000_000
    both = compared(file, capsys, "--documents", "10", "--gigabytes", "4")
    assert (both["documents"], both["bytes"]) == (10, 4_000_000_000)
    assert idle(both)["opensearch-serverless", "standby_replicas = false"] == pytest.approx(4 * 730 * 0.2)  # memory


def test_a_file_without_a_knowledge_base_compares_those_to_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(deployment_file(tmp_path, HEAD))

    assert main(["cost", "stores", "--config", file]) == 1
    assert "--documents N --gigabytes G" in capsys.readouterr().err
    assert main(["cost", "stores", "--config", file, "--documents", "9"]) == 1
    assert "give --documents and --gigabytes" in capsys.readouterr().err
    assert compared(file, capsys, "--documents", "9", "--gigabytes", "1")["documents"] == 9


def test_the_table_marks_the_chosen_store_and_names_what_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = 'store = "aurora-postgresql"\n[knowledge_bases.ours.aurora_postgresql]\nmin_capacity = 2\n'
    assert main(["cost", "stores", "--config", given(tmp_path, more)]) == 0

    out = capsys.readouterr().out
    assert "IDLE, A MONTH  QUERIES, A MONTH  WRITING, ONCE  STORE" in out
    assert "147.00" in next(line for line in out.splitlines() if line.endswith("min_capacity = 2   <- deployment.toml"))
    managed = next(line for line in out.splitlines() if line.endswith("  managed"))
    assert managed.split()[:3] == ["unknown", "unknown", "0.00"]
    assert "price of storage of managed knowledge bases in us-east-1" in out
    assert "secrets-manager, secret month*: 0.5 per month, us-east-1; a test, 2026-11-25" in out


@pytest.mark.parametrize(("flag", "value"), [("--documents", "0"), ("--gigabytes", "0"), ("--gigabytes", "nan")])
def test_impossible_sizes_are_refused(flag: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["cost", "stores", flag, value])

    assert raised.value.code == 2
    assert f"got '{value}'" in capsys.readouterr().err

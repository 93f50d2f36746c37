"""The shipped tables as plain rows, read without the store so that these tests stand on their own."""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"
FACTS = Path(__file__).parents[3] / "shared" / "data" / "clusters_facts.csv"
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a CSV file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(name: str) -> list[Row]:
    """The rows of a shipped table."""
    return read(DATA / "tables" / f"{name}.csv")


OBSERVATIONS = table("observations")
ATTRIBUTES = {row["key"]: row for row in table("attributes")}
SOURCES = {row["key"]: row for row in table("sources")}
CLUSTERS = {row["code"]: row for row in table("clusters")}
COMMUNES = {row["code"]: row for row in table("communes")}
LABELS = {(row["attribute"], row["value"]) for row in table("value_labels")}
TRACE = table("facts_trace")

"""
Synthetic clusters as a folder that is laid over the shipped data.

    python -m benchmarks.make_clusters 200 FOLDER

Every figure in it is made up and says so; it measures speed and is good for nothing else.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from lib.store.files import SHIPPED, open_store

FIRST_NUMBER = 5001
SOURCE = "benchmark"
STRUCTURE = "2025-07:"
DAY = "2026-06-30"
BATCH = "benchmark"
SYNTHETIC = "Số liệu giả, chỉ để đo tốc độ"
STATUSES = (
    "planned",
    "calling_investor",
    "established",
    "investor_approved",
    "under_construction",
    "stalled",
)
TREATMENTS = ("none", "planned", "building", "built_noncompliant", "built_unverified", "operating")
GROUPS = ("kept", "expanded", "new")


def _header(table: str) -> list[str]:
    """The columns of a shipped table."""
    with (SHIPPED / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def _write(folder: Path, table: str, rows: Iterable[Mapping[str, str]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _header(table), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make(count: int, folder: Path, *, seed: int = 1) -> list[str]:
    """
    Write `clusters.csv`, `sources.csv` and `observations.csv` of `count` synthetic clusters into `folder`.

    The same `seed` gives the same files. Returns the codes, `HT-CCN-5001` and on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    communes = sorted(code for code, place in open_store().communes.items() if code.startswith(STRUCTURE))
    codes = [f"HT-CCN-{FIRST_NUMBER + index}" for index in range(count)]
    rows: list[dict[str, str]] = []

    def observe(subject: str, attribute: str, **value: str) -> None:
        rows.append(
            {
                "id": f"BENCH-{len(rows) + 1:06d}",
                "subject": subject,
                "attribute": attribute,
                "as_written": SYNTHETIC,
                "valid_earliest": DAY,
                "valid_latest": DAY,
                "published_on": DAY,
                "recorded_at": f"{DAY}T00:00:00Z",
                "source": SOURCE,
                "source_kind": "derived",
                "reading_confidence": "high",
                "batch": BATCH,
                "author": BATCH,
                "note": SYNTHETIC,
                **value,
            }
        )

    def number(low: float, high: float) -> dict[str, str]:
        value = f"{dice.uniform(low, high):.2f}"
        return {"value_low": value, "value_high": value}

    for index, code in enumerate(codes):
        observe(code, "commune_now", value_text=communes[index % len(communes)])
        observe(code, "plan_group", value_code=dice.choice(GROUPS))
        observe(code, "status", value_code=dice.choice(STATUSES))
        observe(code, "plan_area_2030_ha", **number(10, 75))
        if dice.random() < 0.8:
            observe(code, "central_treatment", value_code=dice.choice(TREATMENTS))
        if dice.random() < 0.6:
            observe(code, "operating", value_code=dice.choice(("yes", "no", "unclear")))
        if dice.random() < 0.5:
            observe(code, "occupancy_published_pct", **number(0, 100))
    _write(folder, "clusters", ({"code": c, "name": f"Giả lập {c[-4:]}", "note": SYNTHETIC} for c in codes))
    source = {"key": SOURCE, "title": SYNTHETIC, "publisher": BATCH, "kind": "derived", "published_on": DAY}
    _write(folder, "sources", [source])
    _write(folder, "observations", rows)
    return codes


def main() -> int:
    """Entry point."""
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        print(__doc__)
        return 2
    codes = make(int(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(codes)} synthetic clusters, {codes[0]} to {codes[-1]}, in {sys.argv[2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Small records and tables for the tests of the store."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lib.domain.interval import exactly
from lib.domain.observation import Attribute, Confidence, Observation, SourceKind, ValueType
from lib.store.tables import COLUMNS

RELEASE = datetime(2026, 11, 24)


def attribute(key: str, value_type: ValueType = ValueType.NUMBER, **more: Any) -> Attribute:
    return Attribute(key, "land", value_type, {"vi": key, "en": key}, {"vi": key, "en": key}, **more)


ATTRIBUTES = {
    item.key: item for item in (
        attribute("leased_area_ha", unit="ha", shelf_life_months=12),
        attribute("established_area_ha", unit="ha", prefers="reliable"),
        attribute("central_treatment", ValueType.CODE, allowed=("none", "operating"), shelf_life_months=36),
        attribute("established_on", ValueType.DAY, prefers="reliable"),
        attribute("tenant", ValueType.TEXT, is_multiple=True),
    )
}


def observation(identifier: str, **changes: Any) -> Observation:
    """5 ha leased on 1/1/2024 by an official report, with `changes`."""
    facts: dict[str, Any] = {
        "subject": "HT-CCN-001", "attribute": "leased_area_ha", "value": exactly(5), "as_written": "5 ha",
        "valid_earliest": date(2024, 1, 1), "valid_latest": date(2024, 1, 1), "published_on": None,
        "recorded_at": RELEASE, "source": "report", "source_kind": SourceKind.OFFICIAL_REPORT,
        "reading_confidence": Confidence.HIGH,
    }
    return Observation(id=identifier, **(facts | changes))


ROW: dict[str, str] = {
    "id": "OBS-1", "subject": "HT-CCN-001", "attribute": "leased_area_ha",
    "value_low": "5", "value_high": "5", "as_written": "5 ha",
    "valid_earliest": "2024-01-01", "valid_latest": "2024-01-01",
    "recorded_at": "2026-11-24", "source": "report", "source_kind": "official_report",
    "reading_confidence": "high",
}
OPTIONAL = ("low_open", "high_open", "batch", "author", "supersedes", "retracts", "reason", "note")


def write_table(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = ()) -> Path:
    columns = columns or COLUMNS[path.stem]
    if path.stem == "observations":
        columns += OPTIONAL
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _attribute_row(item: Attribute) -> dict[str, str]:
    return {
        "key": item.key, "topic": item.topic, "subject_kind": "cluster", "value_type": item.value_type,
        "unit": item.unit, "allowed": "|".join(item.allowed),
        "shelf_life_months": str(item.shelf_life_months or ""), "prefers": item.prefers,
        "is_multiple": str(int(item.is_multiple)), "ask": item.ask,
        **{f"label_{lang}": text for lang, text in item.label.items()},
        **{f"meaning_{lang}": text for lang, text in item.meaning.items()},
    }


def write_data(folder: Path, **tables: list[dict[str, str]]) -> Path:
    """A whole data folder with two clusters and one observation; `tables` replaces some."""
    communes = ("commune_now", "commune_then")
    attributes = [*ATTRIBUTES.values()] + [
        attribute(key, ValueType.TEXT, prefers="reliable", is_multiple=True) for key in communes
    ]
    rows: Mapping[str, list[dict[str, str]]] = {
        "clusters": [
            {"code": "HT-CCN-001", "name": "Nam Hồng"},
            {"code": "HT-CCN-002", "name": "Trung Lương"},
        ],
        "attributes": [_attribute_row(item) for item in attributes],
        "sources": [
            {"key": "report", "title": "Báo cáo", "kind": "official_report"},
            {"key": "copy", "title": "Bản chép", "kind": "press", "copy_of": "report"},
        ],
        "observations": [ROW],
        "value_labels": [
            {"attribute": "central_treatment", "value": "none", "label_vi": "Chưa có", "label_en": "None"},
        ],
        "communes": [
            {"code": "2025-07:18118", "name": "Nam Hồng Lĩnh", "full_name": "Phường Nam Hồng Lĩnh",
             "lat": "18.5", "lon": "105.7", "area_km2": "40"},
            {"code": "2025-01:18118", "name": "Nam Hồng", "full_name": "Phường Nam Hồng"},
        ],
        "commune_changes": [{"from_code": "2025-01:18118", "to_code": "2025-07:18118", "divided": "0"}],
        "plan_tasks": [{
            "number": "II.1", "content_vi": "Phổ biến", "content_en": "Publicise", "leads": "so_cong_thuong",
            "state_vi": "Chưa rõ", "state_en": "Not known", "state_source": "report",
        }],
        "facts_trace": [{"fact": "1", "disposition": "note"}],
    }
    for name, content in {**rows, **tables}.items():
        write_table(folder / "tables" / f"{name}.csv", content)
    (folder / "catalog.toml").write_text("[clusters]\ntitle = 'x'\n", "utf-8")
    return folder

"""Records of the database as domain types, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from shapely import from_wkb

from lib.domain.interval import DaySpan, Interval
from lib.domain.observation import Attribute, Confidence, Observation, Source, SourceKind, Value, ValueType
from lib.domain.places import Accuracy, Boundary
from lib.store.select import order_key

Record = Mapping[Any, Any]
"""One row by column."""

_KINDS: Callable[[str], SourceKind] = {kind.value: kind for kind in SourceKind}.__getitem__
_CONFIDENCES: Callable[[str], Confidence] = {one.value: one for one in Confidence}.__getitem__


def value_columns(value: Value) -> dict[str, Any]:
    """A value in the columns that hold it; the others are empty."""
    columns: dict[str, Any] = {
        "low": None, "high": None, "low_open": False, "high_open": False,
        "word": None, "day_earliest": None, "day_latest": None,
    }
    if isinstance(value, Interval):
        columns |= {
            "low": float(value.low), "high": float(value.high),
            "low_open": value.low_open, "high_open": value.high_open,
        }
    elif isinstance(value, DaySpan):
        columns |= {"day_earliest": value.earliest, "day_latest": value.latest}
    else:
        columns["word"] = value
    return columns


def value_of(row: Record) -> Value:
    """The value that the columns of a row hold."""
    if row["low"] is not None:
        return Interval(row["low"], row["high"], bool(row["low_open"]), bool(row["high_open"]))
    if row["day_earliest"] is not None:
        return DaySpan(row["day_earliest"], row["day_latest"])
    return str(row["word"])


def observation_columns(item: Observation, attribute: Attribute) -> dict[str, Any]:
    """A new record as a row, without its number. One that retracts another is never believed itself."""
    known_from = item.recorded_at.date()
    return {
        "id": item.id,
        "subject": item.subject,
        "attribute": item.attribute,
        **value_columns(item.value),
        "as_written": item.as_written,
        "valid_earliest": item.valid_earliest,
        "valid_latest": item.valid_latest,
        "published_on": item.published_on,
        "recorded_at": item.recorded_at,
        "known_from": known_from,
        "source": item.source,
        "source_kind": item.source_kind.value,
        "reading_confidence": item.reading_confidence.value,
        "batch": item.batch,
        "author": item.author,
        "supersedes": item.supersedes,
        "retracts": item.retracts,
        "reason": item.reason,
        "note": item.note,
        "order_key": order_key(item, attribute),
        "known_to": known_from if item.retracts else None,
    }


def observation_of(row: Record) -> Observation:
    return Observation(
        id=row["id"],
        subject=row["subject"],
        attribute=row["attribute"],
        value=value_of(row),
        as_written=row["as_written"],
        valid_earliest=row["valid_earliest"],
        valid_latest=row["valid_latest"],
        published_on=row["published_on"],
        recorded_at=row["recorded_at"],
        source=row["source"],
        source_kind=_KINDS(row["source_kind"]),
        reading_confidence=_CONFIDENCES(row["reading_confidence"]),
        batch=row["batch"],
        author=row["author"],
        supersedes=row["supersedes"],
        retracts=row["retracts"],
        reason=row["reason"],
        note=row["note"],
    )


def source_columns(item: Source, batch: str) -> dict[str, Any]:
    return {
        "key": item.key,
        "title": item.title,
        "publisher": item.publisher,
        "kind": item.kind.value,
        "url": item.url,
        "document_number": item.document_number,
        "published_on": item.published_on,
        "date_as_written": item.date_as_written,
        "copy_of": item.copy_of,
        "batch": batch,
    }


def source_of(row: Record) -> Source:
    return Source(
        key=row["key"],
        title=row["title"],
        publisher=row["publisher"],
        kind=_KINDS(row["kind"]),
        url=row["url"],
        document_number=row["document_number"],
        published_on=row["published_on"],
        date_as_written=row["date_as_written"],
        copy_of=row["copy_of"],
    )


def boundary_columns(shape: Boundary) -> dict[str, Any]:
    """What a boundary says, as a row, without who wrote it when."""
    return {
        "cluster": shape.cluster,
        "horizon": shape.horizon,
        "shape": shape.shape.wkb,
        "accuracy": shape.accuracy.value,
        "error_m": shape.error_m,
        "area_ha": shape.area_ha,
        "source": shape.source,
        "file": shape.file,
        "valid_from": shape.valid_from,
        "valid_to": shape.valid_to,
    }


def boundary_of(row: Record) -> Boundary:
    return Boundary(
        cluster=row["cluster"],
        shape=from_wkb(bytes(row["shape"])),
        accuracy=Accuracy(row["accuracy"]),
        error_m=row["error_m"],
        area_ha=row["area_ha"],
        source=row["source"],
        file=row["file"],
        horizon=row["horizon"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )


def written(value: Value) -> str:
    """A value in plain signs, for the trail of changes: `[24, 25)`, `2025-06-30`, `operating`."""
    if isinstance(value, Interval):
        if value.low == value.high:
            return f"{value.low:.15g}"
        ends = ("(" if value.low_open else "[", ")" if value.high_open else "]")
        return f"{ends[0]}{value.low:.15g}, {value.high:.15g}{ends[1]}"
    if isinstance(value, DaySpan):
        days: tuple[date, date] = (value.earliest, value.latest)
        return "/".join(dict.fromkeys(day.isoformat() for day in days))
    return value


VALUE_CLASSES: Mapping[ValueType, type[Value]] = {
    ValueType.NUMBER: Interval,
    ValueType.DAY: DaySpan,
    ValueType.CODE: str,
    ValueType.TEXT: str,
}
"""What a value of each type is in the code."""

"""The shipped CSV tables as domain types; every row is checked, the first bad one raises `DataError`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lib.domain.interval import DaySpan, Interval
from lib.domain.observation import (
    Attribute,
    Confidence,
    Observation,
    Source,
    SourceKind,
    Value,
    ValueType,
)
from lib.domain.places import Cluster, Commune, PlanTask
from lib.store.csv_rows import Row

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "clusters": ("code", "name", "aliases"),
    "attributes": (
        "key", "topic", "subject_kind", "value_type", "unit", "allowed", "shelf_life_months", "prefers",
        "is_multiple", "ask", "label_vi", "label_en", "meaning_vi", "meaning_en",
    ),
    "sources": (
        "key", "title", "publisher", "kind", "url", "document_number", "published_on", "date_as_written",
        "copy_of",
    ),
    "observations": (
        "id", "subject", "attribute", "value_low", "value_high", "value_code", "value_text", "day_earliest",
        "day_latest", "as_written", "valid_earliest", "valid_latest", "published_on", "recorded_at", "source",
        "source_kind", "reading_confidence",
    ),
    "value_labels": ("attribute", "value", "label_vi", "label_en"),
    "communes": ("code", "name", "full_name", "district", "lat", "lon", "area_km2"),
    "commune_changes": ("from_code", "to_code", "divided"),
    "plan_tasks": (
        "number", "content_vi", "content_en", "leads", "with_bodies", "deadline_vi", "deadline_en",
        "state_vi", "state_en", "state_source",
    ),
    "facts_trace": (
        "fact", "cluster", "attribute", "value", "as_of", "source_title", "disposition", "observations",
        "reason",
    ),
}
"""The columns each table must have; those left out here are optional."""

PROVINCE = "HT"
PLAN_PREFIX = "PLAN-"
SUBJECT_KINDS = ("cluster", "province", "plan", "commune")
COMMUNE_ATTRIBUTES = ("commune_now", "commune_then")

_CLUSTER_CODE = re.compile(r"HT-CCN-\d{3,}")
_COMMUNE_CODE = re.compile(r"\d{4}(-\d{2})?:\d+")
_VALUE_COLUMNS: Mapping[ValueType, tuple[str, ...]] = {
    ValueType.NUMBER: ("value_low", "value_high"),
    ValueType.CODE: ("value_code",),
    ValueType.TEXT: ("value_text",),
    ValueType.DAY: ("day_earliest", "day_latest"),
}

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the rows of observations are checked against. `kinds` are the kinds of subject of an attribute."""

    attributes: Mapping[str, Attribute]
    kinds: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]
    clusters: Collection[str]
    communes: Collection[str]

    def subject_kind(self, subject: str) -> str:
        """Cluster, province, plan or commune; empty when there is no such subject."""
        if subject in self.clusters:
            return "cluster"
        if subject == PROVINCE:
            return "province"
        if subject in self.communes:
            return "commune"
        return "plan" if subject.startswith(PLAN_PREFIX) and len(subject) > len(PLAN_PREFIX) else ""


def _by_key(rows: Iterable[Row], column: str, build: Callable[[Row], _Item]) -> dict[str, _Item]:
    """What `build` makes of each row, by the text of `column`, which may occur once only."""
    found: dict[str, _Item] = {}
    for row in rows:
        key = row.required(column)
        if key in found:
            raise row.error("duplicate_id", column)
        found[key] = build(row)
    return found


def _both(row: Row, column: str) -> dict[str, str]:
    """The Vietnamese and the English words of a pair of columns."""
    return {lang: row.required(f"{column}_{lang}") for lang in ("vi", "en")}


def attributes(rows: Sequence[Row]) -> tuple[dict[str, Attribute], dict[str, tuple[str, ...]]]:
    """The catalogue of attributes, and for each the kinds of subject it may describe."""
    return _by_key(rows, "key", _attribute), _by_key(rows, "key", _subject_kinds)


def _attribute(row: Row) -> Attribute:
    value_type = row.kind("value_type", ValueType)
    allowed = row.parts("allowed")
    if (value_type is ValueType.CODE) != bool(allowed):
        raise row.error("allowed_and_type", "allowed")
    return Attribute(
        key=row.text("key"),
        topic=row.required("topic"),
        value_type=value_type,
        label=_both(row, "label"),
        meaning=_both(row, "meaning"),
        unit=row.text("unit"),
        allowed=allowed,
        shelf_life_months=row.whole("shelf_life_months"),
        prefers=row.one_of("prefers", ("newest", "reliable")),
        is_multiple=row.flag("is_multiple"),
        ask=row.text("ask"),
        public_in=row.parts("public_in"),
    )


def _subject_kinds(row: Row) -> tuple[str, ...]:
    row.required("subject_kind")
    kinds = row.parts("subject_kind")
    if not set(kinds) <= set(SUBJECT_KINDS):
        raise row.error("not_allowed", "subject_kind", allowed=", ".join(SUBJECT_KINDS))
    return kinds


def sources(rows: Sequence[Row]) -> dict[str, Source]:
    """The catalogue of sources; a copy must name an original that is in it."""
    found = _by_key(rows, "key", _source)
    for row in rows:
        copy_of = row.text("copy_of")
        if copy_of and (copy_of not in found or copy_of == row.text("key")):
            raise row.error("unknown_source", "copy_of")
    return found


def _source(row: Row) -> Source:
    return Source(
        key=row.text("key"),
        title=row.required("title"),
        publisher=row.text("publisher"),
        kind=row.kind("kind", SourceKind),
        url=row.text("url"),
        document_number=row.text("document_number"),
        published_on=row.day("published_on"),
        date_as_written=row.text("date_as_written"),
        copy_of=row.text("copy_of"),
    )


def observations(rows: Sequence[Row], catalogue: Catalogue) -> tuple[Observation, ...]:
    """
    All records, in the order of the files.

    A record that retracts another one states nothing itself, so it may have no value; what it retracts or
    supersedes must be another record of the same subject and attribute that was not recorded after it.
    """
    found = _by_key(rows, "id", lambda row: _observation(row, catalogue))
    for row in rows:
        item = found[row.text("id")]
        for column in ("supersedes", "retracts"):
            _check_withdrawn(row, column, item, found)
    return tuple(found.values())


def _check_withdrawn(row: Row, column: str, item: Observation, known: Mapping[str, Observation]) -> None:
    target = row.text(column)
    if not target:
        return
    if target not in known or target == item.id:
        raise row.error("unknown_observation", column)
    old = known[target]
    if (old.subject, old.attribute) != (item.subject, item.attribute):
        raise row.error("other_subject", column)
    if (old.recorded_at, old.id) > (item.recorded_at, item.id):
        raise row.error("withdrawn_before_recorded", column)
    row.required("reason")


def _observation(row: Row, catalogue: Catalogue) -> Observation:
    attribute = catalogue.attributes.get(row.required("attribute"))
    if attribute is None:
        raise row.error("unknown_attribute", "attribute")
    kind = catalogue.subject_kind(row.required("subject"))
    if not kind:
        raise row.error("unknown_subject", "subject")
    if kind not in catalogue.kinds[attribute.key]:
        raise row.error("wrong_subject_kind", "subject", attribute=attribute.key)
    if not row.text("source"):
        raise row.error("missing_source", "source")
    if row.text("source") not in catalogue.sources:
        raise row.error("unknown_source", "source")
    earliest, latest = row.day("valid_earliest"), row.day("valid_latest")
    if latest is None:
        raise row.error("missing_field", "valid_latest")
    if earliest is not None and earliest > latest:
        raise row.error("date_order", "valid_earliest", found=f"{earliest} > {latest}")
    retracts = row.text("retracts")
    return Observation(
        id=row.text("id"),
        subject=row.text("subject"),
        attribute=attribute.key,
        value=_retracted_value(row) if retracts else _value(row, attribute, catalogue),
        as_written=row.text("as_written") if retracts else row.required("as_written"),
        valid_earliest=earliest,
        valid_latest=latest,
        published_on=row.day("published_on"),
        recorded_at=row.moment("recorded_at"),
        source=row.text("source"),
        source_kind=row.kind("source_kind", SourceKind),
        reading_confidence=row.kind("reading_confidence", Confidence),
        batch=row.text("batch"),
        author=row.text("author"),
        supersedes=row.text("supersedes"),
        retracts=retracts,
        reason=row.text("reason"),
        note=row.text("note"),
    )


def _refuse_values_except(row: Row, columns: Sequence[str], expected: str) -> None:
    for others in _VALUE_COLUMNS.values():
        for column in others:
            if column not in columns and row.text(column):
                raise row.error("wrong_value_column", column, expected=expected)


def _retracted_value(row: Row) -> Value:
    _refuse_values_except(row, (), "—")
    return ""


def _value(row: Row, attribute: Attribute, catalogue: Catalogue) -> Value:
    columns = _VALUE_COLUMNS[attribute.value_type]
    _refuse_values_except(row, columns, ", ".join(columns))
    if attribute.value_type is ValueType.NUMBER:
        return _interval(row)
    if attribute.value_type is ValueType.DAY:
        return _day_span(row)
    row.required(columns[0])
    if attribute.value_type is ValueType.CODE:
        return row.one_of("value_code", attribute.allowed)
    return _text(row, attribute, catalogue)


def _text(row: Row, attribute: Attribute, catalogue: Catalogue) -> str:
    text = row.text("value_text")
    is_code = _COMMUNE_CODE.fullmatch(text) is not None
    if attribute.key in COMMUNE_ATTRIBUTES and is_code and text not in catalogue.communes:
        raise row.error("unknown_commune", "value_text")
    if attribute.key == "commune_now" and not is_code:
        raise row.error("unknown_commune", "value_text")
    return text


def _interval(row: Row) -> Interval:
    low_open, high_open = row.flag("low_open"), row.flag("high_open")
    row.required("value_low")
    row.required("value_high")
    low, high = row.number("value_low"), row.number("value_high", may_be_infinite=high_open)
    assert low is not None and high is not None
    try:
        return Interval(low, high, low_open, high_open)
    except ValueError:
        raise row.error("low_above_high", "value_low", found=f"{low:g} – {high:g}") from None


def _day_span(row: Row) -> DaySpan:
    row.required("day_earliest")
    row.required("day_latest")
    earliest, latest = row.day("day_earliest"), row.day("day_latest")
    assert earliest is not None and latest is not None
    if earliest > latest:
        raise row.error("date_order", "day_earliest", found=f"{earliest} > {latest}")
    return DaySpan(earliest, latest)


def cluster_codes(rows: Sequence[Row]) -> tuple[str, ...]:
    """The codes of the clusters, in the order of the files."""
    return tuple(_by_key(rows, "code", _cluster_code))


def _cluster_code(row: Row) -> str:
    if not _CLUSTER_CODE.fullmatch(row.text("code")):
        raise row.error("bad_cluster_code", "code")
    return row.text("code")


def clusters(
    rows: Sequence[Row], communes_of: Callable[[str, str], tuple[str, ...]]
) -> tuple[Cluster, ...]:
    """The clusters; `communes_of(code, attribute)` are the communes that observations name."""
    return tuple(
        Cluster(
            code=row.text("code"),
            name=row.required("name"),
            aliases=row.parts("aliases"),
            communes_now=communes_of(row.text("code"), "commune_now"),
            communes_then=communes_of(row.text("code"), "commune_then"),
        )
        for row in rows
    )


def communes(rows: Sequence[Row]) -> dict[str, Commune]:
    """The communes of all structures by code; coordinates in WGS 84 degrees."""
    return _by_key(rows, "code", _commune)


def _commune(row: Row) -> Commune:
    if not _COMMUNE_CODE.fullmatch(row.text("code")):
        raise row.error("unknown_commune", "code")
    lat, lon, area = row.number("lat"), row.number("lon"), row.number("area_km2")
    ranges = (("lat", lat, 8, 24), ("lon", lon, 102, 110), ("area_km2", area, 0.01, 20_000))
    for column, value, low, high in ranges:
        if value is not None and not low <= value <= high:
            raise row.error("out_of_range", column, low=low, high=high)
    if (lat is None) != (lon is None):
        raise row.error("missing_field", "lat" if lat is None else "lon")
    return Commune(
        row.text("code"), row.required("name"), row.required("full_name"), row.text("district"),
        lat, lon, area,
    )


def commune_changes(rows: Sequence[Row], known: Collection[str]) -> tuple[tuple[str, str, bool], ...]:
    """From an old commune to a new one; True where the old one was divided among several."""
    for row in rows:
        for column in ("from_code", "to_code"):
            if row.required(column) not in known:
                raise row.error("unknown_commune", column)
    return tuple((row.text("from_code"), row.text("to_code"), row.flag("divided")) for row in rows)


def value_labels(
    rows: Sequence[Row], known: Mapping[str, Attribute]
) -> dict[tuple[str, str], dict[str, str]]:
    """The words for coded values, by attribute and value."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        attribute = known.get(row.required("attribute"))
        if attribute is None:
            raise row.error("unknown_attribute", "attribute")
        key = (attribute.key, row.one_of("value", attribute.allowed))
        if key in found:
            raise row.error("duplicate_id", "value")
        found[key] = _both(row, "label")
    return found


def plan_tasks(rows: Sequence[Row], known_sources: Collection[str]) -> tuple[PlanTask, ...]:
    """The tasks of the provincial plan, in the order of the plan."""
    return tuple(_by_key(rows, "number", lambda row: _plan_task(row, known_sources)).values())


def _plan_task(row: Row, known_sources: Collection[str]) -> PlanTask:
    source = row.text("state_source")
    if source and source not in known_sources:
        raise row.error("unknown_source", "state_source")
    return PlanTask(
        number=row.text("number"),
        content=_both(row, "content"),
        leads=row.parts("leads"),
        with_bodies=row.parts("with_bodies"),
        deadline={lang: row.text(f"deadline_{lang}") for lang in ("vi", "en")},
        state=_both(row, "state"),
        state_source=source,
    )



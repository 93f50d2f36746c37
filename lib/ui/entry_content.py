"""What is typed into a form of figures, and the records it makes; nothing here draws."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from lib.domain.account import Account
from lib.domain.clock import now
from lib.domain.errors import Refusal
from lib.domain.observation import (
    Attribute,
    Confidence,
    Observation,
    Source,
    SourceKind,
    Value,
    ValueType,
)
from lib.store.sql import SqlStore
from lib.store.tables import PLAN_PREFIX, PROVINCE
from lib.store.writing import LONGEST_TEXT, Entry
from lib.text import fold, t, validity_text, value_text
from lib.text.reading import read_day, read_days, read_number, read_validity
from lib.ui import loaders, report_wrong
from lib.ui.scope import commune_label

TOPICS = ("environment", "record", "land", "activity", "status", "plan", "place")
"""In the order of the form: what inspectors bring first."""

VALUE = "value."
"""Begins the name of a field that holds the value of an attribute."""

KNOWN, NEW = "known", "new"
"""Where the source comes from: the catalogue, or the person who types."""

_STRUCTURES = {"commune_now": ("2025-07",), "commune_then": ("2025-01", "2020")}


@dataclass(frozen=True, slots=True)
class Form:
    """
    One form: `key` names its draft, `attributes` are its fields. With `fixing` it corrects that record.
    """

    key: str
    subject: str
    topic: str
    attributes: tuple[Attribute, ...]
    fixing: Observation | None = None


@dataclass(slots=True)
class Typed:
    """
    What stands in the fields, by their names; empty ones are left out. `heads` is the last record of each
    attribute when the form was opened; `tab` tells two windows of one person apart.
    """

    fields: dict[str, str] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    tab: str = field(default_factory=token_hex)
    supersedes: str = ""

    def kept(self) -> dict[str, Any]:
        """As a draft keeps it."""
        return {
            "fields": self.fields, "heads": self.heads, "tab": self.tab, "supersedes": self.supersedes,
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Typed:
        """From a draft, whatever an older program may have left in it."""
        fields, heads = content.get("fields"), content.get("heads")
        return cls(
            {str(key): str(text) for key, text in fields.items()} if isinstance(fields, dict) else {},
            {str(key): int(head) for key, head in heads.items()} if isinstance(heads, dict) else {},
            token_hex(),
            str(content.get("supersedes", "")),
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be written, or why it cannot be: `problems` by field, `missing` are fields left empty."""

    entries: tuple[Entry, ...] = ()
    sources: tuple[Source, ...] = ()
    problems: Mapping[str, Refusal] = field(default_factory=dict)
    missing: Mapping[str, Refusal] = field(default_factory=dict)


def subject_kind(subject: str) -> str:
    if subject == PROVINCE:
        return "province"
    return "plan" if subject.startswith(PLAN_PREFIX) else "cluster"


def topics(actor: Account, subject: str) -> dict[str, tuple[Attribute, ...]]:
    """What this account may write of a subject, by topic."""
    kept = loaders.store()
    communes = kept.communes_of(subject)
    found: dict[str, tuple[Attribute, ...]] = {}
    for topic in TOPICS:
        if actor.may_write(topic, communes):
            kinds = kept.shipped.subject_kinds
            found[topic] = tuple(
                one
                for one in kept.attributes.values()
                if one.topic == topic and subject_kind(subject) in kinds[one.key]
            )
    return {topic: attributes for topic, attributes in found.items() if attributes}


def subjects(lang: str, actor: Account) -> dict[str, str]:
    """Names of the subjects of which this account may write anything."""
    return {code: name for code, name in report_wrong.subject_names(lang).items() if topics(actor, code)}


def options(lang: str, attribute: Attribute) -> dict[str, str] | None:
    """Words of the values one can choose from, by value; None where the value is typed."""
    kept = loaders.store()
    if attribute.value_type is ValueType.CODE:
        labels = kept.value_labels
        return {one: labels.get((attribute.key, one), {}).get(lang, one) for one in attribute.allowed}
    if attribute.key == "possible_same_as":
        return {one.code: f"{one.name} · {one.code}" for one in kept.clusters}
    structures = _STRUCTURES.get(attribute.key)
    if structures is None:
        return None
    codes = [code for code in kept.communes if code.startswith(structures)]
    codes.sort(key=lambda code: fold(kept.communes[code].name))
    return {code: commune_label(code, kept.communes, lang) for code in codes}


def unit_word(lang: str, attribute: Attribute) -> str:
    if not attribute.unit or attribute.unit == "%":
        return attribute.unit
    return t(lang, f"common.unit.{attribute.unit}")


def read_value(lang: str, attribute: Attribute, text: str) -> Value:
    """
    What is typed for an attribute, as its value.

    Raises
    ------
    Refusal
        If it is unclear, or no value that may be chosen.
    """
    if attribute.value_type is ValueType.NUMBER:
        return read_number(lang, text, unit_word(lang, attribute))
    if attribute.value_type is ValueType.DAY:
        return read_days(text)
    allowed = options(lang, attribute)
    if allowed is not None and text not in allowed:
        raise Refusal("entry.not_an_option", found=text)
    if len(text) > LONGEST_TEXT:
        raise Refusal("entry.too_long", most=LONGEST_TEXT)
    return text


def read_field(lang: str, form: Form, attribute: Attribute, text: str) -> Value:
    """As `read_value`; a corrected record whose value is left as it was keeps it to the last digit."""
    old = form.fixing
    return old.value if old and text == typed_again(lang, old) else read_value(lang, attribute, text)


def typed_again(lang: str, item: Observation) -> str:
    """The value of a record as one would type it, so that a correction begins with it."""
    if isinstance(item.value, str):
        return item.value
    kept = loaders.store()
    attribute = kept.attributes[item.attribute]
    unit = unit_word(lang, attribute)
    return value_text(lang, attribute, item, kept.value_labels).removesuffix(f" {unit}")


def first_fields(lang: str, form: Form) -> dict[str, str]:
    """What a form begins with: nothing, or the record that it corrects."""
    old = form.fixing
    if old is None:
        return {"confidence": Confidence.HIGH.value, "source_from": KNOWN}
    return {
        f"{VALUE}{old.attribute}": typed_again(lang, old),
        "when": validity_text(lang, old),
        "source_from": KNOWN,
        "source": old.source,
        "confidence": old.reading_confidence.value,
        "note": old.note,
    }


def values(form: Form, typed: Typed) -> dict[str, str]:
    """What is typed for each attribute, clean: one form of Unicode, no space around."""
    found = {
        one.key: unicodedata.normalize("NFC", typed.fields.get(f"{VALUE}{one.key}", "")).strip()
        for one in form.attributes
    }
    return {key: text for key, text in found.items() if text}


def prepare(lang: str, form: Form, typed: Typed, today: date) -> Prepared:
    """The records of what is typed; everything that is wrong with it at once."""
    problems: dict[str, Refusal] = {}
    missing: dict[str, Refusal] = {}
    kept = loaders.store()

    def get(name: str) -> str:
        return unicodedata.normalize("NFC", typed.fields.get(name, "")).strip()

    def attempt(name: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refusal as error:
            problems[name] = error
            return None

    def need(name: str) -> str:
        if not get(name):
            missing[name] = Refusal("entry.needed")
        return get(name)

    by_key = {one.key: one for one in form.attributes}
    texts = values(form, typed)
    read = {
        key: attempt(f"{VALUE}{key}", partial(read_field, lang, form, by_key[key], text))
        for key, text in texts.items()
    }
    if not texts:
        missing[VALUE] = Refusal("store.nothing_to_write")
    source = _source(kept, get, attempt, need)
    when = attempt("when", lambda: _validity(lang, form, get("when"), today)) if need("when") else None
    confidence = need("confidence")
    reason = need("reason") if form.fixing else ""
    if problems or missing or source is None or when is None:
        return Prepared((), (), problems, missing)
    original = kept.sources.get(source.copy_of, source)
    entries = tuple(
        Entry(
            form.subject,
            key,
            value,
            _as_written(form, key, value, texts[key]),
            when[0],
            when[1],
            source.key,
            original.kind,
            Confidence(confidence),
            published_on=source.published_on,
            supersedes=typed.supersedes,
            reason=reason,
            note=get("note"),
        )
        for key, value in read.items()
    )
    return Prepared(entries, () if source.key in kept.sources else (source,))


def _as_written(form: Form, key: str, value: Value, text: str) -> str:
    """What was typed; a chosen code by its word; the wording of a record whose value is not corrected."""
    old = form.fixing
    if old is not None and old.value == value and old.as_written:
        return old.as_written
    label = loaders.store().value_labels.get((key, text))
    return label["vi"] if label else text


def _validity(lang: str, form: Form, text: str, today: date) -> tuple[date | None, date]:
    """When it was true, as far as it can have been told by today."""
    old = form.fixing
    if old is not None and text == validity_text(lang, old):
        return old.valid_earliest, old.valid_latest
    first, last = read_validity(text)
    if first is not None and first > today:
        raise Refusal("entry.in_the_future", found=text)
    return first, min(last, today)


def _source(
    kept: SqlStore,
    get: Callable[[str], str],
    attempt: Callable[[str, Callable[[], Any]], Any],
    need: Callable[[str], str],
) -> Source | None:
    """The source that is chosen, or the new one that is described."""
    if get("source_from") != NEW:
        return attempt("source", lambda: _known_source(kept, get("source"))) if need("source") else None
    title, kind = need("title"), need("kind")
    url = attempt("url", lambda: _web_address(get("url")))
    published = attempt("published", lambda: read_day(get("published"))) if get("published") else None
    if not title or not kind:
        return None
    return Source(
        f"nhap-{token_hex(6)}", title, get("publisher"), SourceKind(kind), url or "", get("number"), published
    )


def _known_source(kept: SqlStore, key: str) -> Source:
    if key not in kept.sources:
        raise Refusal("store.unknown_source")
    return kept.sources[key]


def _web_address(text: str) -> str:
    """An address of the web, or none; whatever else a link can be is refused."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or any(one.isspace() for one in text):
        raise Refusal("entry.bad_link", found=text)
    return text


def as_observation(entry: Entry, source: Source) -> Observation:
    """An entry as the record it will be, for showing it before it is written."""
    return Observation(
        id="",
        subject=entry.subject,
        attribute=entry.attribute,
        value=entry.value,
        as_written=entry.as_written,
        valid_earliest=entry.valid_earliest,
        valid_latest=entry.valid_latest,
        published_on=entry.published_on,
        recorded_at=now(),
        source=source.key,
        source_kind=entry.source_kind,
        reading_confidence=entry.reading_confidence,
        note=entry.note,
    )

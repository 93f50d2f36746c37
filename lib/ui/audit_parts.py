"""The trail of changes in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st

from lib.domain.interval import Interval
from lib.domain.observation import ValueType
from lib.render.html import table
from lib.store.audit import AuditRow
from lib.text import day, has, interval_text, t
from lib.ui import loaders, report_wrong

# A number or interval as `lib.store.records.written` writes it.
_NUMBER = re.compile(r"(?P<start>[\[(]?)(?P<low>-?[\d.]+)(?:, (?P<high>-?[\d.]+)(?P<end>[\])]))?")


def action_words(lang: str, action: str) -> str:
    """What was done; an action without words shows as it is."""
    key = f"audit.action.{action}"
    return t(lang, key) if has(lang, key) else action


def door_words(lang: str, door: str) -> str:
    key = f"audit.doors.{door}"
    return t(lang, key) if has(lang, key) else door


def figure_words(lang: str, row: AuditRow) -> str:
    """What it was done to: subject and figure by name, as far as they have one."""
    known = loaders.store().attributes.get(row.attribute)
    subject = report_wrong.subject_names(lang).get(row.subject, row.subject)
    return " · ".join(part for part in (subject, known.label[lang] if known else row.attribute) if part)


def value_words(lang: str, attribute: str, text: str) -> str:
    """A value of the trail for the reader: codes by their word, numbers with their unit."""
    kept = loaders.store()
    known = kept.attributes.get(attribute)
    if known is None or not text:
        return text
    if known.value_type is ValueType.CODE:
        label = kept.value_labels.get((attribute, text))
        return label[lang] if label else text
    found = _NUMBER.fullmatch(text) if known.value_type is ValueType.NUMBER else None
    if found is None:
        return text
    low = float(found["low"])
    high = float(found["high"] or found["low"])
    unit = f"common.unit.{known.unit}"
    return interval_text(
        lang,
        Interval(low, high, found["start"] == "(", found["end"] == ")"),
        t(lang, unit) if has(lang, unit) else known.unit,
    )


def changed(lang: str, row: AuditRow) -> tuple[str, str]:
    """Old and new value in words; a finding on a report by its words."""
    if row.action == "question.answer":
        old, new = (
            t(lang, f"questions.verdict.{one}") if has(lang, f"questions.verdict.{one}") else one
            for one in (row.old, row.new)
        )
        return old, new
    return value_words(lang, row.attribute, row.old), value_words(lang, row.attribute, row.new)


def _soft(text: str) -> str:
    return f'<span class="ccn-soft">{escape(text)}</span>' if text else ""


def _lines(*parts: str) -> str:
    """Safe HTML, a line each; what is empty takes no line."""
    return "<br>".join(part for part in parts if part)


def show(lang: str, rows: Sequence[AuditRow], people: Mapping[str, str]) -> None:
    """The changes as a table that prints."""
    cells = []
    for row in rows:
        old, new = changed(lang, row)
        arrow = f"{escape(old)} → <b>{escape(new)}</b>" if old else f"<b>{escape(new)}</b>"
        when = f'<span class="ccn-nowrap">{day(lang, row.at.date())}</span> {row.at:%H:%M}'
        fine = [t(lang, "audit.batch", batch=row.batch)] if row.batch else []
        fine += [t(lang, "audit.door", door=door_words(lang, row.door))] if row.door else []
        cells.append(
            (
                _lines(when, _soft(people.get(row.author, row.author))),
                _lines(
                    escape(action_words(lang, row.action)),
                    _soft(figure_words(lang, row)),
                    arrow if old or new else "",
                ),
                _lines(escape(row.reason), _soft(" · ".join(fine))),
            )
        )
    heads = [t(lang, f"audit.head.{key}") for key in ("when", "what", "why")]
    st.html(table(heads, cells, classes=("", "", "")))


def sheets(lang: str, rows: Sequence[AuditRow], people: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """The changes as one table to hand over."""
    made = []
    for row in rows:
        old, new = changed(lang, row)
        cells = {
            "at": f"{row.at:%Y-%m-%d %H:%M:%S}",
            "author": row.author,
            "name": people.get(row.author, ""),
            "action": action_words(lang, row.action),
            "subject": row.subject,
            "attribute": figure_words(lang, row),
            "old": old,
            "new": new,
            "reason": row.reason,
            "batch": row.batch,
            "door": door_words(lang, row.door),
        }
        made.append({t(lang, f"audit.column.{key}"): value for key, value in cells.items()})
    return {t(lang, "audit.sheet"): pd.DataFrame(made)}

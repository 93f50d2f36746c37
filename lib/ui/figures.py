"""Headlines, key figures with their sources, and the words an observation is shown with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from lib.domain.observation import Evidence, Observation, Source, SourceKind
from lib.text import t, validity_text, value_text
from lib.ui import loaders, report_wrong

# A code that the collector wrote, not words of the source.
_BARE_CODE = re.compile(r"[a-z_]+")


def headline(answer: str, purpose: str) -> None:
    """The page's first line, its answer, and the sentence that says what is looked at."""
    st.html(f'<h1 class="ccn-answer">{escape(answer)}</h1><p class="ccn-sub">{escape(purpose)}</p>')


def heading(text: str) -> None:
    """A section's heading."""
    st.html(f'<h2 class="ccn-h">{escape(text)}</h2>')


def kind_word(lang: str, kind: SourceKind) -> str:
    return t(lang, f"rules.source_kind.{kind}")


def said(lang: str, observation: Observation) -> str:
    """The value of an observation in words; a commune by its name."""
    kept = loaders.store()
    commune = kept.communes.get(observation.value) if isinstance(observation.value, str) else None
    if commune is not None:
        return f"{commune.full_name}, {commune.district}" if commune.district else commune.full_name
    return value_text(lang, kept.attributes[observation.attribute], observation, kept.value_labels)


def origin(lang: str, observation: Observation) -> str:
    """Kind of source and when it was true: "báo chí, không rõ ngày, muộn nhất 30/6/2025"."""
    return f"{kind_word(lang, observation.source_kind)}, {validity_text(lang, observation)}"


def source_link(source: Source) -> str:
    """A source's title, a link where it has an address. Safe to show."""
    title = escape(source.title)
    if not source.url.startswith(("http://", "https://")):
        return title
    return f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'


def source_html(
    lang: str, observation: Observation, *, with_value: bool = True, group: Sequence[Observation] = ()
) -> str:
    """
    One observation with its source; the wording and the fine print unfold. Safe to show.

    `group` are all observations of this source that share the line: the fine print is then of each.
    """
    kept = loaders.store()
    parts = [f"<b>{escape(said(lang, observation))}</b>"] if with_value else []
    parts += [escape(origin(lang, observation)), source_link(kept.sources[observation.source])]
    fine = list(dict.fromkeys(line for one in group or (observation,) for line in _fine_print(lang, one)))
    unfold = escape(t(lang, "common.word.fine_print"))
    return " · ".join(parts) + (
        f" <details><summary>{unfold}</summary>{' · '.join(fine)}</details>" if fine else ""
    )


def _fine_print(lang: str, observation: Observation) -> list[str]:
    """Wording, original of a copy, number of the document, how sure the reading is, and the note."""
    kept = loaders.store()
    source = kept.sources[observation.source]
    lines: list[str] = []
    if observation.as_written and not _BARE_CODE.fullmatch(observation.as_written):
        lines.append(t(lang, "common.word.as_written", text=observation.as_written))
    if source.copy_of:
        lines.append(t(lang, "common.word.copy_of", title=kept.sources[source.copy_of].title))
    if source.document_number:
        lines.append(source.document_number)
    confidence = t(lang, f"common.confidence.{observation.reading_confidence}")
    lines.append(t(lang, "common.word.read", confidence=confidence))
    if observation.note:
        lines.append(t(lang, "common.word.note", text=observation.note))
    return [escape(line) for line in lines]


def questioned_chip(lang: str, subject: str, attribute: str) -> str:
    """The mark of a figure that somebody has reported wrong; empty for the others. Safe to show."""
    return report_wrong.questioned_chip(lang, subject, attribute)


def source_popover(
    lang: str, label: str, observations: Sequence[Observation], *, key: str, with_form: bool = True
) -> None:
    """
    The sources of a figure, one click away, and the way to report it wrong.

    `observations` speak of one subject and attribute, the one that is shown first.
    """
    with st.popover(label, key=key, type="tertiary"):
        for observation in observations:
            st.html(f'<p class="ccn-card">{source_html(lang, observation)}</p>')
        if with_form and observations:
            report_wrong.form(lang, observations[0], key=key)


def figure(
    lang: str,
    label: str,
    value: str | None,
    beside: str,
    observations: Sequence[Observation],
    *,
    key: str,
    link_label: str = "",
) -> None:
    """A key figure: what it is, its value, what it is compared to, its date and its source link."""
    with st.container(border=True, height="stretch", gap="small", key=f"panel-{key.replace('.', '-')}"):
        shown = (
            f"<b>{escape(value)}</b>"
            if value
            else f'<b class="ccn-none">{escape(t(lang, "common.word.unknown"))}</b>'
        )
        asked = sorted({(one.subject, one.attribute) for one in observations})
        chip = "".join(questioned_chip(lang, *pair) for pair in asked)
        st.html(
            f'<div class="ccn-figure"><small>{escape(label)}</small>{shown}'
            f"<small>{escape(beside)}</small>{chip}</div>"
        )
        if observations:
            source_popover(lang, link_label or origin(lang, observations[0]), observations, key=key)


def standing_observations(evidence: Evidence, subject: str, attribute: str) -> tuple[Observation, ...]:
    """The preferred observation first, then those that contradict it."""
    standing = evidence.get(subject, attribute)
    return (standing.usable[:1]) + standing.contradicting

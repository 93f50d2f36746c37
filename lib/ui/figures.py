"""Headlines, key figures with their sources, and the words an observation is shown with."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from lib.domain.observation import Evidence, Observation, SourceKind
from lib.render.escape import markdown_text
from lib.text import t, validity_text, value_text
from lib.ui import loaders


def headline(answer: str, purpose: str) -> None:
    """The page's first line, its answer, and the sentence that says what is looked at."""
    st.html(f'<h1 class="ccn-answer">{escape(answer)}</h1><p class="ccn-sub">{escape(purpose)}</p>')


def heading(text: str) -> None:
    """A section's heading, without Streamlit's small anchor."""
    st.subheader(markdown_text(text), anchor=False)


def kind_word(lang: str, kind: SourceKind) -> str:
    return t(lang, f"rules.source_kind.{kind}")


def said(lang: str, observation: Observation) -> str:
    """The value of an observation in words."""
    kept = loaders.store()
    return value_text(lang, kept.attributes[observation.attribute], observation, kept.value_labels)


def origin(lang: str, observation: Observation) -> str:
    """Kind of source and when it was true: "báo chí, không rõ ngày, muộn nhất 30/6/2025"."""
    return f"{kind_word(lang, observation.source_kind)}, {validity_text(lang, observation)}"


def source_html(lang: str, observation: Observation, *, with_value: bool = True) -> str:
    """One observation with its source, link, wording and how sure the reading is; safe to show."""
    kept = loaders.store()
    source = kept.sources[observation.source]
    title = escape(source.title)
    link = (
        f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
        if source.url.startswith(("http://", "https://"))
        else title
    )
    parts = [f"<b>{escape(said(lang, observation))}</b>"] if with_value else []
    parts += [escape(origin(lang, observation)), link]
    if source.copy_of:
        parts.append(escape(t(lang, "common.word.copy_of", title=kept.sources[source.copy_of].title)))
    if source.document_number:
        parts.append(escape(source.document_number))
    if observation.as_written and observation.as_written != said(lang, observation):
        parts.append(escape(t(lang, "common.word.as_written", text=observation.as_written)))
    parts.append(
        escape(
            t(
                lang,
                "common.word.read",
                confidence=t(lang, f"common.confidence.{observation.reading_confidence}"),
            )
        )
    )
    if observation.note:
        parts.append(escape(t(lang, "common.word.note", text=observation.note)))
    return " · ".join(parts)


def source_popover(lang: str, label: str, observations: Sequence[Observation], *, key: str) -> None:
    """The sources of a figure, one click away."""
    with st.popover(label, key=key, type="tertiary"):
        for observation in observations:
            st.html(f'<p class="ccn-card">{source_html(lang, observation)}</p>')


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
    with st.container(border=True, height="stretch", gap="small"):
        shown = (
            f"<b>{escape(value)}</b>"
            if value
            else f'<b class="ccn-none">{escape(t(lang, "common.word.unknown"))}</b>'
        )
        st.html(
            f'<div class="ccn-figure"><small>{escape(label)}</small>{shown}<small>{escape(beside)}</small></div>'
        )
        if observations:
            source_popover(lang, link_label or origin(lang, observations[0]), observations, key=key)


def standing_observations(evidence: Evidence, subject: str, attribute: str) -> tuple[Observation, ...]:
    """The preferred observation first, then those that contradict it."""
    standing = evidence.get(subject, attribute)
    return (standing.usable[:1]) + standing.contradicting

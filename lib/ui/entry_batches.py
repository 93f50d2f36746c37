"""What was written: the last save with its undo, and the list of all updates."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from lib.domain.account import Account
from lib.domain.clock import today
from lib.domain.errors import Refusal
from lib.domain.observation import Observation
from lib.render.escape import markdown_text
from lib.render.html import table
from lib.store import writing
from lib.store.sql import Batch
from lib.text import day, has, t
from lib.text.errors import refusal_text
from lib.ui import access, account_parts, figures, loaders, report_wrong

_SAVED, _RESTING, _UNDONE, _SHOWN, _COUNT = (
    "entry.saved", "entry.resting", "entry.undone", "entry.batch", "entry.batches"
)
_PAGE = 10
_OF_THE_RELEASE = "release"
_LONGEST_REASON = 500


def remember_saved(batch: str) -> None:
    """This batch was just written; the page says so until something else is done."""
    st.session_state[_SAVED] = batch


def forget_saved() -> None:
    for name in (_SAVED, _RESTING, _UNDONE):
        st.session_state.pop(name, None)


def saved(lang: str, actor: Account) -> None:
    """What the last click wrote or took back, what it led to, and the way back."""
    if st.session_state.get(_UNDONE):
        st.success(t(lang, "entry.undone", batch=st.session_state[_UNDONE]), icon=":material/undo:")
        _resting(lang)
    identifier = st.session_state.get(_SAVED)
    batch = next((one for one in loaders.store().batches() if one.id == identifier), None)
    if batch is None or batch.undone_by:
        return
    with st.container(border=True, key="panel-entry-saved"):
        st.success(
            t(lang, "entry.saved", count=batch.size, batch=batch.id), icon=":material/check:"
        )
        items = loaders.store().entries(batch.id)
        _not_in_use(lang, items)
        st.html(f'<p class="ccn-card">{_dossier_link(lang, items)}</p>')
        with st.popover(t(lang, "entry.undo"), icon=":material/undo:"):
            _undo_form(lang, actor, batch, "saved")


def _dossier_link(lang: str, items: Sequence[Observation]) -> str:
    subjects = sorted({one.subject for one in items})
    names = report_wrong.subject_names(lang)
    return "<br>".join(
        f'<a href="{report_wrong.address("ho-so", {"cum": one})}" target="_self">'
        f"{escape(t(lang, 'entry.to_dossier', name=names.get(one, one)))}</a>"
        for one in subjects
        if one.startswith("HT-CCN")
    )


def _not_in_use(lang: str, items: Sequence[Observation]) -> None:
    """Figures just written that do not stand, or that other sources contradict: where one chooses."""
    kept = loaders.store()
    evidence = kept.evidence(today(), today())
    lines = []
    for item in items:
        standing = evidence.get(item.subject, item.attribute)
        attribute = kept.attributes[item.attribute]
        if item.retracts or attribute.is_multiple:
            continue
        is_in_use = standing.chosen is not None and standing.chosen.id == item.id
        if is_in_use and not standing.contradicting:
            continue
        words = t(
            lang,
            f"entry.stands.{'contested' if is_in_use else 'other'}",
            attribute=attribute.label[lang],
            count=len(standing.contradicting),
        )
        link = report_wrong.address("du-lieu", {"cum": item.subject})
        choose = escape(t(lang, "entry.to_quality"))
        lines.append(f'<p class="ccn-card">{escape(words)} <a href="{link}" target="_self">{choose}</a></p>')
    if lines:
        st.html("".join(lines))


def _resting(lang: str) -> None:
    """Later records that rest on what was taken back: they stay, and somebody should look at them."""
    found: Sequence[Observation] = st.session_state.get(_RESTING, ())
    if not found:
        return
    kept, names = loaders.store(), report_wrong.subject_names(lang)
    st.warning(t(lang, "entry.resting", count=len(found)), icon=":material/link:")
    rows = [
        (
            escape(names.get(one.subject, one.subject)),
            escape(kept.attributes[one.attribute].label[lang]),
            escape(t(lang, "entry.withdrawn")) if one.retracts else figures.source_html(lang, one),
        )
        for one in found
    ]
    st.html(table([t(lang, f"entry.head.{key}") for key in ("about", "what", "record")], rows))


def _may_undo(actor: Account, batch: Batch) -> bool:
    return not batch.undone_by and (actor.is_steward or batch.author == actor.name)


def _undo_form(lang: str, actor: Account, batch: Batch, place: str) -> None:
    """Asks why, and takes the batch back."""
    key = f"entry.undo.{place}.{batch.id}"
    reason = st.text_input(t(lang, "entry.undo_reason"), key=f"{key}.reason", max_chars=_LONGEST_REASON)
    if not st.button(t(lang, "entry.undo_now"), type="primary", key=key):
        return
    try:
        found = access.current_account()
        if found is None or found.name != actor.name:
            raise Refusal("entry.signed_out")
        loaders.refresh()
        undone = writing.undo(loaders.store(), found, batch.id, reason)
    except Refusal as error:
        st.error(markdown_text(refusal_text(lang, error)), icon=":material/error:")
        return
    loaders.refresh()
    forget_saved()
    st.session_state[_UNDONE], st.session_state[_RESTING] = batch.id, undone.resting
    st.session_state.pop(_SHOWN, None)
    st.rerun()


def _kind_word(lang: str, kind: str) -> str:
    key = f"entry.kind.{kind}"
    return t(lang, key) if has(lang, key) else kind


def _batch_html(lang: str, batch: Batch, people: dict[str, str]) -> str:
    """One update in two lines. Safe to show."""
    when = f"{batch.recorded_at:%H:%M} {day(lang, batch.recorded_at.date())}"
    title = batch.reason if batch.kind in ("undo", "choose", "retract") else batch.title
    state = f' <span class="ccn-chip">{escape(t(lang, "entry.is_undone"))}</span>' if batch.undone_by else ""
    count = t(lang, "entry.size", count=batch.size)
    soft = " · ".join((when, people.get(batch.author, batch.author), count, batch.id))
    return (
        f'<p class="ccn-card">{escape(_kind_word(lang, batch.kind))}: <b>{escape(title)}</b>{state}'
        f'<br><small class="ccn-soft">{escape(soft)}</small></p>'
    )


def listed(lang: str, actor: Account) -> None:
    """The updates of this person, of everybody for a steward, the newest first."""
    found = [
        one
        for one in loaders.store().batches()
        if one.kind != _OF_THE_RELEASE and (actor.is_steward or one.author == actor.name)
    ]
    figures.heading(t(lang, "entry.all" if actor.is_steward else "entry.own", count=len(found)))
    if not found:
        st.caption(t(lang, "entry.none"))
        return
    people = account_parts.full_names()
    shown = st.session_state.get(_COUNT, _PAGE)
    for batch in found[:shown]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"entry-row-{batch.id}"):
            st.html(_batch_html(lang, batch, people))
            is_open = st.session_state.get(_SHOWN) == batch.id
            st.button(
                t(lang, "entry.hide" if is_open else "entry.look"),
                key=f"entry.look.{batch.id}",
                type="tertiary",
                on_click=_show,
                args=("" if is_open else batch.id,),
            )
        if is_open:
            _details(lang, actor, batch)
    if len(found) > shown:
        st.button(t(lang, "entry.more"), on_click=_more, args=(shown + _PAGE,), key="entry.more")


def _show(identifier: str) -> None:
    st.session_state[_SHOWN] = identifier


def _more(count: int) -> None:
    st.session_state[_COUNT] = count


def _details(lang: str, actor: Account, batch: Batch) -> None:
    """The records of one update, and its undo."""
    kept, names = loaders.store(), report_wrong.subject_names(lang)
    items = kept.entries(batch.id)
    with st.container(border=True, key=f"panel-entry-{batch.id}"):
        rows = []
        for item in items[:100]:
            old = kept.observation(item.retracts) if item.retracts else None
            said = figures.source_html(lang, old or item)
            if item.retracts:
                said = f"{escape(t(lang, 'entry.withdrawn'))}: {said}"
            rows.append(
                (
                    escape(names.get(item.subject, item.subject)),
                    escape(kept.attributes[item.attribute].label[lang]),
                    said,
                )
            )
        if rows:
            st.html(table([t(lang, f"entry.head.{key}") for key in ("about", "what", "record")], rows))
        else:
            st.caption(t(lang, "entry.no_records"))
        if _may_undo(actor, batch):
            _undo_form(lang, actor, batch, "list")

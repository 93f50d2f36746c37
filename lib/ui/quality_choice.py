"""Contradictions side by side, and the steward's choice between them."""

from __future__ import annotations

from html import escape

import streamlit as st

from lib.assess.quality import Contradiction, InUse, differing_totals
from lib.assess.quality_agree import Disagreement
from lib.assess.quality_sums import PROVINCE
from lib.domain.account import Account
from lib.domain.clock import today
from lib.domain.errors import Refusal
from lib.domain.observation import Observation
from lib.render.escape import markdown_text
from lib.render.html import table
from lib.store import writing
from lib.text import day, t
from lib.text.errors import refusal_text
from lib.ui import access, account_parts, figures, loaders
from lib.ui.quality_parts import Quality, dossier_link, label_of, note

_SAVED = "quality.choice_saved"
_LONGEST_REASON = 500
_SIGNED_BY_PROGRAM = ("release", "server")


def _people() -> dict[str, str] | None:
    """Full names by account, for readers who have one themselves; None keeps names to the house."""
    return account_parts.full_names() if access.current_account() is not None else None


def in_use_why(found: Quality, one: Contradiction) -> str:
    """Why the statement in use is: the catalogue's order, or who chose it, when and for what reason."""
    lang = found.lang
    if one.why is not InUse.CHOSEN:
        return t(lang, f"dossier.prefers.{one.why}")
    choice, people = found.choices[one.subject, one.attribute], _people()
    when = day(lang, choice.chosen_at.date())
    if people is None:
        chosen = t(lang, "quality.choice.chosen_on", day=when)
    else:
        name = people.get(choice.author, choice.author)
        chosen = t(lang, "quality.choice.chosen_by", name=name, day=when)
    return chosen if access.is_public_visitor() else f"{chosen}: {choice.reason}"


def _recorded(lang: str, item: Observation, people: dict[str, str] | None) -> str:
    """Who put the statement into the database, and when."""
    when = day(lang, item.recorded_at.date())
    author = item.author or "release"
    if author in _SIGNED_BY_PROGRAM:
        return t(lang, "quality.recorded_by", name=t(lang, f"quality.author.{author}"), day=when)
    if people is None:
        return t(lang, "quality.recorded_on", day=when)
    return t(lang, "quality.recorded_by", name=people.get(author, author), day=when)


def contradictions(found: Quality) -> None:
    """All that sources say differently: about one figure, between figures, and of the province's totals."""
    lang, actor = found.lang, access.current_account()
    if st.session_state.pop(_SAVED, False):
        st.success(t(lang, "quality.choice.saved"), icon=":material/check:")
    figures.heading(
        t(
            lang,
            "quality.contradictions.title",
            count=len(found.contradictions),
            open=found.unchosen,
            between=len(found.disagreements),
        )
    )
    may = [one for one in found.contradictions if _may_choose(actor, one)]
    if found.contradictions:
        st.caption(_hint(found, bool(may)))
    else:
        st.info(t(lang, "quality.contradictions.none"), icon=":material/check_circle:")
    people = _people()
    is_now = found.scope.known_on >= today()
    for one in found.contradictions:
        _card(found, one, people, actor if is_now and one in may else None)
    _between(found, found.disagreements)
    _totals(found)


def _may_choose(actor: Account | None, one: Contradiction) -> bool:
    """Whether this account may write about the figure, as the store will ask again."""
    kept = loaders.store()
    return (
        actor is not None
        and access.is_writable()
        and actor.may_write(kept.attributes[one.attribute].topic, kept.communes_of(one.subject))
    )


def _hint(found: Quality, may: bool) -> str:
    """Who may choose, or why nobody can on the chosen day."""
    if not may:
        return t(found.lang, "quality.choice.who")
    is_past = found.scope.known_on < today()
    return t(found.lang, "quality.choice.past" if is_past else "quality.choice.how")


def _card(found: Quality, one: Contradiction, people: dict[str, str] | None, actor: Account | None) -> None:
    lang = found.lang
    own = f"{one.subject}-{one.attribute}"
    with st.container(border=True, key=f"panel-contradiction-{own}"):
        title = f"{dossier_link(found, one.subject)} · {escape(label_of(lang, one.attribute))}"
        rows = []
        for item in one.all:
            role = t(lang, "dossier.head.in_use" if item is one.in_use else "dossier.head.others")
            recorded = f"<small class='soft'>{escape(_recorded(lang, item, people))}</small>"
            chip = f'<span class="ccn-chip">{escape(role)}</span>' if item is one.in_use else escape(role)
            rows.append((chip, f"{figures.source_html(lang, item)}<br>{recorded}"))
        why = escape(f"{t(lang, 'dossier.head.why')}: {in_use_why(found, one)}")
        statements = table((), rows, classes=("soft ccn-nowrap", ""))
        st.html(
            f'<h3 class="ccn-h ccn-card">{title}</h3>{statements}'
            f'<div class="ccn-figure"><small>{why}</small></div>'
        )
        if actor is not None:
            with st.expander(t(lang, "quality.choice.open"), icon=":material/rule:"):
                _form(found, one, actor, own)


def _form(found: Quality, one: Contradiction, actor: Account, own: str) -> None:
    """One form: which statement is to stand, or none of the steward's choosing, and why."""
    lang = found.lang
    sources = loaders.store().sources
    labels = {
        item.id: f"{figures.said(lang, item)} · {figures.origin(lang, item)} · {sources[item.source].title}"
        for item in one.all
    }
    if one.why is InUse.CHOSEN:
        labels[""] = t(lang, "quality.choice.take_back")
    key = f"quality.choose.{own}"
    with st.form(f"{key}.form", border=False, enter_to_submit=False):
        picked = st.radio(
            t(lang, "quality.choice.which"),
            list(labels),
            index=None,
            format_func=lambda identifier: markdown_text(labels[identifier]),
            key=f"{key}.which",
        )
        reason = st.text_area(
            t(lang, "quality.choice.reason"),
            key=f"{key}.reason",
            max_chars=_LONGEST_REASON,
            height=80,
            placeholder=t(lang, "quality.choice.reason_hint"),
        )
        if not st.form_submit_button(t(lang, "quality.choice.save"), type="primary"):
            return
        if picked is None:
            st.error(t(lang, "quality.choice.pick_one"))
            return
        try:
            writing.choose(loaders.store(), actor, one.subject, one.attribute, picked, reason.strip())
        except Refusal as error:
            st.error(markdown_text(refusal_text(lang, error)))
            return
    loaders.refresh()
    st.session_state[_SAVED] = True
    st.rerun()


def _between(found: Quality, items: tuple[Disagreement, ...]) -> None:
    """Different figures of one cluster that should agree."""
    lang = found.lang
    figures.heading(t(lang, "quality.contradictions.between", count=len(items)))
    if not items:
        st.caption(t(lang, "quality.contradictions.between_none"))
        return
    cells = (
        (
            dossier_link(found, one.subject),
            "<br>".join(
                f"{escape(label_of(lang, item.attribute))}: {figures.source_html(lang, item)}"
                for item in one.statements
            ),
            escape(t(lang, f"quality.agree.{one.key}")),
        )
        for one in items
    )
    heads = [t(lang, f"quality.head.{key}") for key in ("cluster", "statements", "reason")]
    st.html(table(heads, cells, classes=("", "", "soft")))


def _totals(found: Quality) -> None:
    """Every figure published of the province, where sources give more than one."""
    lang = found.lang
    if found.scope.is_filtered:
        return
    totals = differing_totals(found.view.evidence, PROVINCE)
    figures.heading(t(lang, "quality.totals.title", count=len(totals)))
    if not totals:
        note(t(lang, "quality.totals.none"))
        return
    st.caption(t(lang, "quality.totals.caption"))
    contested = {one.attribute for one in found.contradictions if one.subject == PROVINCE}
    for key, said in totals.items():
        values = list(dict.fromkeys(figures.said(lang, item) for item in said))
        label = f"{label_of(lang, key)}: {' · '.join(values)}"
        if key in contested:
            label += f" ({t(lang, 'quality.totals.contested')})"
        with st.expander(markdown_text(label)):
            st.html(table((), ((figures.source_html(lang, item),) for item in said)))

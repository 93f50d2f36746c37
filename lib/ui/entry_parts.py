"""The form of figures that come by telephone or a visit: fields, source, preview, what others did since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from lib.domain.account import Account
from lib.domain.clock import now, today
from lib.domain.errors import Refusal, Unavailable
from lib.domain.observation import (
    Attribute,
    Confidence,
    Evidence,
    Observation,
    Source,
    SourceKind,
    ValueType,
)
from lib.render.escape import markdown_text
from lib.render.html import table
from lib.store import drafts, writing
from lib.store.writing import ChangedMeanwhile
from lib.text import day, t, validity_text
from lib.text.errors import refusal_text
from lib.ui import access, account_parts, entry_batches, entry_content, figures, loaders, report_wrong
from lib.ui.entry_content import KNOWN, NEW, VALUE, Form, Prepared, Typed
from lib.ui.entry_link import ATTRIBUTE, FIXING, SUBJECT, TOPIC
from lib.ui.findings import body_now

_OPEN, _CONFLICT, _TRIED, _RESTORED = "entry.open", "entry.conflict", "entry.tried", "entry.restored"
_DRAFT_PROBLEM, _ELSEWHERE = "entry.draft_problem", "entry.elsewhere"
_LONGEST_LINE, _LONGEST_NOTE = 500, 2_000


def _go(**parts: str) -> None:
    """Another form, by its address; what was said about the last one is over."""
    for name in (SUBJECT, TOPIC, ATTRIBUTE, FIXING):
        value = parts.get(name.replace("-", "_"), "")
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]
    entry_batches.forget_saved()


def _ignored(lang: str, name: str, value: str) -> None:
    st.info(t(lang, "entry.not_yours", part=name, value=markdown_text(value[:60])), icon=":material/info:")


def choose(lang: str, actor: Account) -> Form | None:
    """Which form: what the address asks for, as far as this account may write it."""
    names = entry_content.subjects(lang, actor)
    kept = loaders.store()
    fixing = kept.observation(st.query_params.get(FIXING, "")) if FIXING in st.query_params else None
    asked = fixing.subject if fixing else st.query_params.get(SUBJECT, "")
    if asked and asked not in names:
        _ignored(lang, SUBJECT, asked)
    st.session_state["entry.subject"] = asked if asked in names else None
    with st.container(key="page-controls"):
        st.selectbox(
            t(lang, "entry.subject"),
            list(names),
            format_func=names.__getitem__,
            placeholder=t(lang, "entry.subject_hint"),
            index=None,
            key="entry.subject",
            on_change=lambda: _go(cum=st.session_state["entry.subject"] or ""),
        )
        if asked not in names:
            return None
        open_to = entry_content.topics(actor, asked)
        if fixing is not None:
            return _fixing_form(lang, fixing, open_to)
        return _topic_form(lang, asked, open_to)


def _fixing_form(
    lang: str, item: Observation, open_to: Mapping[str, Sequence[Attribute]]
) -> Form | None:
    """The form that corrects one record, if it is still believed and this account may write it."""
    attribute = loaders.store().attributes[item.attribute]
    believed = any(one.id == item.id for one in _records(item.subject, item.attribute))
    if attribute.topic not in open_to or not believed:
        _ignored(lang, FIXING, item.id)
        return None
    return Form(f"sua/{item.id}", item.subject, attribute.topic, (attribute,), item)


def _topic_form(lang: str, subject: str, open_to: Mapping[str, tuple[Attribute, ...]]) -> Form:
    wanted = st.query_params.get(ATTRIBUTE, "")
    by_attribute = {one.key: topic for topic, attributes in open_to.items() for one in attributes}
    if wanted and wanted not in by_attribute:
        _ignored(lang, ATTRIBUTE, wanted)
    asked = st.query_params.get(TOPIC, "")
    if asked and asked not in open_to:
        _ignored(lang, TOPIC, asked)
    topic = by_attribute.get(wanted) or (asked if asked in open_to else next(iter(open_to)))
    st.session_state["entry.topic"] = topic
    st.segmented_control(
        t(lang, "entry.topic"),
        list(open_to),
        format_func=lambda one: t(lang, f"dossier.topic.{one}"),
        required=True,
        key="entry.topic",
        on_change=lambda: _go(cum=subject, chu_de=st.session_state["entry.topic"]),
    )
    return Form(f"{subject}/{topic}", subject, topic, open_to[topic])


def headline(lang: str, form: Form, names: Mapping[str, str]) -> str:
    """The first line: what is still unknown here, or which record is corrected."""
    name = names[form.subject].partition(" · ")[0]
    if form.fixing is not None:
        return t(lang, "entry.answer_fixing", attribute=form.attributes[0].label[lang], name=name)
    evidence = now_known()
    unknown = sum(not evidence.get(form.subject, one.key).usable for one in form.attributes)
    return t(
        lang,
        "entry.answer",
        name=name,
        unknown=unknown,
        count=len(form.attributes),
        topic=t(lang, f"dossier.topic.{form.topic}").lower(),
    )


def now_known() -> Evidence:
    """What stands today: a form always looks at the present, whatever day the pages are asked for."""
    return loaders.store().evidence(today(), today())


def _records(subject: str, attribute: str) -> list[Observation]:
    """What is believed now of one figure, the newest first."""
    found = [one for one in loaders.store().history(subject, today()) if one.attribute == attribute]
    return sorted(found, key=lambda one: one.newness, reverse=True)


def _key(form: Form, name: str) -> str:
    return f"entry|{form.key}|{name}"


def opened(lang: str, actor: Account, form: Form) -> Typed:
    """What stands in the form: of this window, else of the draft, else what it begins with."""
    kept, opened_forms = loaders.store(), st.session_state.setdefault(_OPEN, {})
    own = (actor.name, form.key)
    if own not in opened_forms:
        draft = drafts.load(kept.database, actor.name, form.key)
        if draft is not None:
            opened_forms[own] = Typed.of(draft.content)
            st.session_state[_RESTORED] = {**st.session_state.get(_RESTORED, {}), form.key: draft.saved_at}
    typed: Typed | None = opened_forms.get(own)
    if typed is None or not _is_begun(lang, form, typed):
        # Nothing is typed yet, so the form is as new as what it shows beside its fields.
        typed = typed or Typed(entry_content.first_fields(lang, form))
        heads = kept.heads((form.subject, one.key) for one in form.attributes)
        typed.heads = {attribute: number for (_, attribute), number in heads.items()}
        typed.supersedes = form.fixing.id if form.fixing else ""
        opened_forms[own] = typed
    return typed


def _is_begun(lang: str, form: Form, typed: Typed) -> bool:
    """Whether anything is typed that the form did not begin with."""
    return {key: text for key, text in typed.fields.items() if text} != {
        key: text for key, text in entry_content.first_fields(lang, form).items() if text
    }


def _writer(actor: Account) -> Account:
    """
    The same person, as the database knows them now.

    Raises
    ------
    Refusal
        If they are no longer signed in.
    """
    found = access.current_account()
    if found is None or found.name != actor.name:
        raise Refusal("entry.signed_out")
    return found


def _changed(lang: str, actor: Account, form: Form, typed: Typed, name: str) -> None:
    """Takes over what was typed into a field and keeps the draft."""
    found = st.session_state.get(_key(form, name))
    if found:
        typed.fields[name] = str(found)
    else:
        typed.fields.pop(name, None)
    st.session_state.pop(_DRAFT_PROBLEM, None)
    database = loaders.store().database
    try:
        _writer(actor)
        if _is_begun(lang, form, typed):
            drafts.save(database, actor.name, form.key, typed.kept())
        else:
            drafts.drop(database, actor.name, form.key)
    except Refusal as error:
        st.session_state[_DRAFT_PROBLEM] = refusal_text(lang, error)


def _close(actor: Account, form: Form, typed: Typed | None = None) -> None:
    """
    Forgets what was typed. With `typed` the draft of another window of the same person stays while it holds
    something else that was typed there.
    """
    database = loaders.store().database
    draft = drafts.load(database, actor.name, form.key)
    is_of_here = typed is None or draft is None or (
        draft.content.get("tab") == typed.tab or draft.content.get("fields") == typed.fields
    )
    if draft is not None and is_of_here:
        drafts.drop(database, actor.name, form.key)
    st.session_state.get(_OPEN, {}).pop((actor.name, form.key), None)
    st.session_state.get(_RESTORED, {}).pop(form.key, None)
    for name in (_CONFLICT, _TRIED, _DRAFT_PROBLEM):
        st.session_state.pop(name, None)
    for key in [key for key in st.session_state if str(key).startswith(_key(form, ""))]:
        del st.session_state[key]


@st.fragment
def editor(lang: str, actor: Account, form: Form) -> None:
    """The whole form; a change in a field draws only this part again."""
    if st.session_state.pop(_ELSEWHERE, False):
        st.rerun()
    try:
        typed = opened(lang, actor, form)
        _restored(lang, actor, form)
        _conflict(lang, actor, form, typed)
        prepared = entry_content.prepare(lang, form, typed, today())
        problems = dict(prepared.problems)
        if st.session_state.get(_TRIED) == form.key:
            problems |= prepared.missing
        _fields(lang, actor, form, typed, problems)
        _source(lang, actor, form, typed, problems)
        _foot(lang, actor, form, typed, problems)
    except Unavailable as error:
        st.error(markdown_text(refusal_text(lang, error)), icon=":material/error:")


def _restored(lang: str, actor: Account, form: Form) -> None:
    """Says that a draft was brought back, and offers to forget it."""
    moment = st.session_state.get(_RESTORED, {}).get(form.key)
    if moment is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="panel-entry-draft"):
        when = f"{moment:%H:%M} {day(lang, moment.date())}"
        st.markdown(f":material/draft: {markdown_text(t(lang, 'entry.restored', when=when))}")
        st.button(t(lang, "entry.drop_draft"), on_click=_close, args=(actor, form), key="entry.drop")


def _problem(lang: str, problems: Mapping[str, Refusal], name: str) -> str:
    """What is wrong with a field, to be shown under it. Safe to show."""
    if name not in problems:
        return ""
    words = escape(refusal_text(lang, problems[name]))
    return f'<p role="alert" style="color:#8F1D14;margin:0">{words}</p>'


def _prime(form: Form, typed: Typed, name: str, allowed: Sequence[str] | None = None) -> str:
    """The key of a field, filled with what was typed before when Streamlit has forgotten it."""
    key = _key(form, name)
    if key not in st.session_state:
        text = typed.fields.get(name, "")
        st.session_state[key] = text if allowed is None or text in allowed else None
    return key


def _fields(
    lang: str, actor: Account, form: Form, typed: Typed, problems: Mapping[str, Refusal]
) -> None:
    """All fields; the one that the address asks for first and the others folded away."""
    wanted = st.query_params.get(ATTRIBUTE, "")
    first = [one for one in form.attributes if one.key == wanted]
    others = [one for one in form.attributes if one.key != wanted]
    evidence = now_known()
    for attribute in first or others:
        _field(lang, actor, form, typed, attribute, evidence, problems)
    if first and others:
        # A field that is already filled must not be hidden.
        is_filled = any(f"{VALUE}{one.key}" in typed.fields for one in others)
        with st.expander(t(lang, "entry.others", count=len(others)), expanded=is_filled):
            for attribute in others:
                _field(lang, actor, form, typed, attribute, evidence, problems)


def _field(
    lang: str,
    actor: Account,
    form: Form,
    typed: Typed,
    attribute: Attribute,
    evidence: Evidence,
    problems: Mapping[str, Refusal],
) -> None:
    """One figure: its field, and beside it what stands now with its source."""
    name = f"{VALUE}{attribute.key}"
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _input(lang, actor, form, typed, attribute)
        below = _problem(lang, problems, name) or _understood(lang, form, typed, attribute)
        if below:
            st.html(below)
    with right:
        _present(lang, form, attribute, evidence)


def _input(lang: str, actor: Account, form: Form, typed: Typed, attribute: Attribute) -> None:
    name = f"{VALUE}{attribute.key}"
    unit = entry_content.unit_word(lang, attribute)
    # The catalogue's own words: escaped, they would be read out with the escapes.
    label = f"{attribute.label[lang]} ({unit})" if unit else attribute.label[lang]
    meaning = attribute.meaning[lang]
    if attribute.is_multiple and form.fixing is None:
        meaning = f"{meaning} {t(lang, 'entry.one_more')}"
    common: dict[str, Any] = {
        "help": markdown_text(meaning),
        "on_change": _changed,
        "args": (lang, actor, form, typed, name),
    }
    allowed = entry_content.options(lang, attribute)
    if allowed is not None:
        st.selectbox(
            label,
            list(allowed),
            index=None,
            format_func=lambda one: allowed.get(one, one),
            placeholder=t(lang, "entry.choose"),
            key=_prime(form, typed, name, list(allowed)),
            **common,
        )
    elif attribute.value_type is ValueType.TEXT:
        st.text_area(
            label, height=80, max_chars=_LONGEST_NOTE, key=_prime(form, typed, name), **common
        )
    else:
        st.text_input(
            label,
            max_chars=100,
            placeholder=t(lang, f"entry.example.{attribute.value_type}"),
            key=_prime(form, typed, name),
            **common,
        )


def _understood(lang: str, form: Form, typed: Typed, attribute: Attribute) -> str:
    """How a typed number or day was read, so that a slip shows before it is written. Safe to show."""
    text = entry_content.values(form, typed).get(attribute.key, "")
    if attribute.value_type not in (ValueType.NUMBER, ValueType.DAY):
        return ""
    if not text:
        # The line keeps its place, so that nothing jumps away from under a click.
        return '<p class="ccn-soft" style="margin:0">&nbsp;</p>'
    value = entry_content.read_field(lang, form, attribute, text)
    item = Observation(
        "", form.subject, attribute.key, value, text, None, date.min, None, now(), "",
        SourceKind.DERIVED, Confidence.HIGH,
    )
    words = t(lang, "entry.understood", value=figures.said(lang, item))
    return f'<p class="ccn-soft" style="margin:0">{escape(words)}</p>'


def _present(lang: str, form: Form, attribute: Attribute, evidence: Evidence) -> None:
    """What stands now, what contradicts it, and the records one can correct; else who would know."""
    standing = evidence.get(form.subject, attribute.key)
    chip = figures.questioned_chip(lang, form.subject, attribute.key)
    if form.fixing is not None:
        head = escape(t(lang, "entry.record_now"))
        st.html(f'<p class="ccn-card"><small class="ccn-soft">{head}</small><br>'
                f"{figures.source_html(lang, form.fixing)}{chip}</p>")
        return
    records = _records(form.subject, attribute.key)
    shown = standing.usable if attribute.is_multiple else standing.usable[:1]
    if shown:
        lines = [f'<small class="ccn-soft">{escape(t(lang, "entry.now"))}</small>{chip}']
        lines += [figures.source_html(lang, one) for one in shown[:3]]
    else:
        ask = t(lang, "overview.ask", body=body_now(lang, attribute.ask)) if attribute.ask else ""
        lines = [f'<span class="ccn-soft">{escape(t(lang, "common.word.unknown"))}</span>{chip}']
        lines += [f'<span class="ccn-soft">{escape(ask)}</span>'] if ask else []
    if standing.contradicting:
        link = report_wrong.address("du-lieu", {SUBJECT: form.subject})
        words = t(lang, "entry.contested", count=len(standing.contradicting))
        lines.append(f'<a href="{link}" target="_self">{escape(words)}</a>')
    st.html(f'<p class="ccn-card">{"<br>".join(lines)}</p>')
    if records:
        with st.popover(t(lang, "entry.records", count=len(records)), type="tertiary"):
            for item in records:
                st.html(f'<p class="ccn-card">{figures.source_html(lang, item)}</p>')
                st.button(
                    t(lang, "entry.fix"),
                    key=f"entry.fix.{item.id}",
                    icon=":material/edit:",
                    on_click=_fix,
                    args=(item.id, form.subject),
                )


def _fix(identifier: str, subject: str) -> None:
    _go(cum=subject, sua=identifier)
    st.session_state[_ELSEWHERE] = True


def _line(
    lang: str,
    actor: Account,
    form: Form,
    typed: Typed,
    problems: Mapping[str, Refusal],
    name: str,
    *,
    placeholder: str = "",
    longest: int = _LONGEST_LINE,
) -> None:
    """One line of text with what is wrong with it below."""
    st.text_input(
        t(lang, f"entry.field.{name}"),
        max_chars=longest,
        placeholder=placeholder or None,
        key=_prime(form, typed, name),
        on_change=_changed,
        args=(lang, actor, form, typed, name),
    )
    problem = _problem(lang, problems, name)
    if problem:
        st.html(problem)


def _select(
    lang: str,
    actor: Account,
    form: Form,
    typed: Typed,
    problems: Mapping[str, Refusal],
    name: str,
    labels: Mapping[str, str],
) -> None:
    """One choice of several with what is wrong with it below."""
    st.selectbox(
        t(lang, f"entry.field.{name}"),
        list(labels),
        index=None,
        format_func=lambda one: labels.get(one, one),
        placeholder=t(lang, "entry.choose"),
        key=_prime(form, typed, name, list(labels)),
        on_change=_changed,
        args=(lang, actor, form, typed, name),
    )
    problem = _problem(lang, problems, name)
    if problem:
        st.html(problem)


def _source(
    lang: str, actor: Account, form: Form, typed: Typed, problems: Mapping[str, Refusal]
) -> None:
    """One source for all figures of the form, when they were true, and how sure the reading is."""
    given = (lang, actor, form, typed, problems)
    with st.container(border=True, key="panel-entry-source"):
        figures.heading(t(lang, "entry.source_title"))
        st.segmented_control(
            t(lang, "entry.field.source_from"),
            [KNOWN, NEW],
            format_func=lambda one: t(lang, f"entry.source_from.{one}"),
            required=True,
            key=_prime(form, typed, "source_from", (KNOWN, NEW)),
            on_change=_changed,
            args=(lang, actor, form, typed, "source_from"),
        )
        if typed.fields.get("source_from") == NEW:
            _new_source(given)
        else:
            sources = loaders.store().sources
            labels = {key: f"{one.title} ({one.publisher})" for key, one in sources.items()}
            _select(*given, "source", labels)
        when, confidence = st.columns(2, gap="medium")
        with when:
            _line(*given, "when", placeholder=t(lang, "entry.example.when"), longest=100)
        with confidence:
            words = {one.value: t(lang, f"common.confidence.{one}") for one in Confidence}
            _select(*given, "confidence", words)
        if form.fixing is not None:
            _line(*given, "reason", placeholder=t(lang, "entry.example.reason"))
        st.text_area(
            t(lang, "entry.field.note"),
            height=80,
            max_chars=_LONGEST_NOTE,
            key=_prime(form, typed, "note"),
            on_change=_changed,
            args=(lang, actor, form, typed, "note"),
        )


def _new_source(given: tuple[str, Account, Form, Typed, Mapping[str, Refusal]]) -> None:
    lang = given[0]
    _line(*given, "title", placeholder=t(lang, "entry.example.title"))
    left, right = st.columns(2, gap="medium")
    with left:
        _line(*given, "publisher", placeholder=t(lang, "entry.example.publisher"))
        _line(*given, "number", placeholder=t(lang, "entry.example.document"))
    with right:
        _select(*given, "kind", {one.value: figures.kind_word(lang, one) for one in SourceKind})
        _line(*given, "published", placeholder=t(lang, "entry.example.published"), longest=100)
    _line(*given, "url", placeholder="https://")


def _foot(
    lang: str, actor: Account, form: Form, typed: Typed, problems: Mapping[str, Refusal]
) -> None:
    """The way on, and what stands in it."""
    failed = st.session_state.get(_DRAFT_PROBLEM)
    if failed:
        st.warning(markdown_text(t(lang, "entry.draft_failed", why=failed)), icon=":material/warning:")
    st.button(
        t(lang, "entry.preview"), icon=":material/preview:", on_click=_look, args=(form,), key="entry.preview"
    )
    if problems:
        words = (
            refusal_text(lang, problems[VALUE])
            if list(problems) == [VALUE]
            else t(lang, "entry.not_ready", count=len(problems))
        )
        st.error(markdown_text(words), icon=":material/error:")
    elif st.session_state.get(_TRIED) == form.key:
        _preview(lang, actor, form, typed)


def _look(form: Form) -> None:
    """From now on what is missing is told too, and what would be written is shown."""
    st.session_state[_TRIED] = form.key


def _preview(lang: str, actor: Account, form: Form, typed: Typed) -> None:
    """Every change, old beside new, with its source; nothing is written before "Lưu"."""
    prepared = entry_content.prepare(lang, form, typed, today())
    with st.container(border=True, key="panel-entry-preview"):
        figures.heading(t(lang, "entry.preview_title"))
        _changes(lang, form, prepared)
        pressed = st.button(t(lang, "entry.save"), type="primary", icon=":material/save:", key="entry.save")
        if pressed and _save(lang, actor, form, typed, prepared):
            st.rerun()


def _source_of(prepared: Prepared) -> Source:
    return prepared.sources[0] if prepared.sources else loaders.store().sources[prepared.entries[0].source]


def _changes(lang: str, form: Form, prepared: Prepared) -> None:
    kept, evidence, source = loaders.store(), now_known(), _source_of(prepared)
    rows = []
    for entry in prepared.entries:
        new = entry_content.as_observation(entry, source)
        old = kept.observation(entry.supersedes) if entry.supersedes else evidence.get(
            form.subject, entry.attribute
        ).chosen
        before = (
            f"{escape(figures.said(lang, old))}<br><small class='soft'>"
            f"{escape(figures.origin(lang, old))}</small>"
            if old
            else f"<span class='ccn-soft'>{escape(t(lang, 'common.word.unknown'))}</span>"
        )
        rows.append(
            (
                escape(kept.attributes[entry.attribute].label[lang]),
                before,
                f"<b>{escape(figures.said(lang, new))}</b>",
            )
        )
    heads = [t(lang, f"entry.head.{key}") for key in ("what", "before", "after")]
    st.html(table(heads, rows))
    first = entry_content.as_observation(prepared.entries[0], source)
    name = " · ".join(part for part in (source.publisher, source.document_number) if part)
    lines = [
        (
            t(lang, "common.word.source"),
            figures.source_link(source) + (f" · {escape(name)}" if name else "")
            + f" · {escape(figures.kind_word(lang, first.source_kind))}",
        ),
        (t(lang, "entry.field.when"), escape(validity_text(lang, first))),
        (t(lang, "entry.field.confidence"), escape(t(lang, f"common.confidence.{first.reading_confidence}"))),
        (t(lang, "entry.field.reason"), escape(prepared.entries[0].reason)),
        (t(lang, "entry.field.note"), escape(first.note)),
    ]
    st.html(table((), [line for line in lines if line[1]], classes=("soft ccn-nowrap", "")))


def _save(lang: str, actor: Account, form: Form, typed: Typed, prepared: Prepared) -> bool:
    """Writes what was previewed; says so on the page, or why not. True when the page is to be drawn anew."""
    kept = loaders.store()
    pairs = {(form.subject, entry.attribute) for entry in prepared.entries}
    name = report_wrong.subject_names("vi")[form.subject].partition(" · ")[0]
    try:
        batch = writing.append(
            kept,
            _writer(actor),
            prepared.entries,
            title=t("vi", "entry.batch_title", topic=t("vi", f"dossier.topic.{form.topic}"), name=name),
            kind="correct" if form.fixing else "form",
            reason=prepared.entries[0].reason,
            sources=prepared.sources,
            expected={pair: typed.heads.get(pair[1], 0) for pair in pairs},
        )
    except ChangedMeanwhile as error:
        loaders.refresh()
        st.session_state[_CONFLICT] = {"form": form.key, "observations": error.observations}
        return True
    except Refusal as error:
        st.error(markdown_text(refusal_text(lang, error)), icon=":material/error:")
        return False
    loaders.refresh()
    _close(actor, form, typed)
    entry_batches.remember_saved(batch)
    if form.fixing:
        _go(cum=form.subject, chu_de=form.topic)
        entry_batches.remember_saved(batch)
    return True


def _conflict(lang: str, actor: Account, form: Form, typed: Typed) -> None:
    """What others did to these figures since the form was opened, beside what stands in it."""
    found = st.session_state.get(_CONFLICT)
    if not found or found["form"] != form.key:
        return
    kept, people = loaders.store(), account_parts.full_names()
    texts = entry_content.values(form, typed)
    labels = {one.key: one for one in form.attributes}
    rows = []
    for item in found["observations"]:
        options = entry_content.options(lang, labels[item.attribute]) or {}
        mine = texts.get(item.attribute, "")
        who = t(
            lang,
            "entry.by",
            name=people.get(item.author, item.author),
            when=f"{item.recorded_at:%H:%M} {day(lang, item.recorded_at.date())}",
        )
        said = (
            escape(t(lang, "entry.withdrawn"))
            if item.retracts
            else figures.source_html(lang, item)
        )
        rows.append(
            (
                escape(kept.attributes[item.attribute].label[lang]),
                f"{said}<br><small class='ccn-soft'>{escape(who)}</small>",
                f"<b>{escape(options.get(mine, mine))}</b>",
            )
        )
    with st.container(border=True, key="panel-entry-conflict"):
        figures.heading(t(lang, "entry.conflict_title"))
        st.caption(t(lang, "entry.conflict"))
        heads = [t(lang, f"entry.head.{key}") for key in ("what", "theirs", "mine")]
        st.html(table(heads, rows))
        with st.container(horizontal=True):
            if st.button(t(lang, "entry.keep_mine"), type="primary", key="entry.keep_mine"):
                _keep_mine(lang, actor, form, typed, found["observations"])
            st.button(t(lang, "entry.drop_mine"), on_click=_close, args=(actor, form), key="entry.drop_mine")


def _keep_mine(
    lang: str, actor: Account, form: Form, typed: Typed, newer: Sequence[Observation]
) -> None:
    """Writes what was typed although others wrote meanwhile, now that it has been seen."""
    kept = loaders.store()
    heads = kept.heads((form.subject, one.key) for one in form.attributes)
    typed.heads = {attribute: number for (_, attribute), number in heads.items()}
    if form.fixing is not None:
        typed.supersedes = _heir(form.fixing, newer)
    prepared = entry_content.prepare(lang, form, typed, today())
    st.session_state.pop(_CONFLICT)
    if not prepared.entries:
        st.session_state[_TRIED] = form.key
        st.rerun()
    if _save(lang, actor, form, typed, prepared):
        st.rerun()


def _heir(old: Observation, newer: Sequence[Observation]) -> str:
    """The record that took the place of a corrected one; empty when it was withdrawn for good."""
    standing = old.id
    for item in newer:
        if item.supersedes == standing:
            standing = item.id
        elif item.retracts == standing:
            standing = ""
    believed = {one.id for one in _records(old.subject, old.attribute)}
    return standing if standing in believed else ""


def withdraw(lang: str, actor: Account, form: Form) -> None:
    """The other way to deal with a wrong record: it no longer counts, and nothing takes its place."""
    if form.fixing is None:
        return
    with st.expander(t(lang, "entry.withdraw_title"), icon=":material/delete_history:"):
        st.caption(t(lang, "entry.withdraw_hint"))
        reason = st.text_input(
            t(lang, "entry.field.reason"), key=f"entry.withdraw.{form.fixing.id}", max_chars=_LONGEST_LINE
        )
        if not st.button(t(lang, "entry.withdraw"), icon=":material/delete_history:", key="entry.withdraw"):
            return
        try:
            batch = writing.retract(loaders.store(), _writer(actor), form.fixing.id, reason)
        except Refusal as error:
            st.error(markdown_text(refusal_text(lang, error)), icon=":material/error:")
            return
    loaders.refresh()
    _close(actor, form)
    _go(cum=form.subject, chu_de=form.topic)
    entry_batches.remember_saved(batch)
    st.rerun()


def own_drafts(lang: str, actor: Account, shown: Form | None, names: Mapping[str, str]) -> None:
    """Other forms in which this person has typed something that is not saved yet."""
    kept = loaders.store()
    for draft in drafts.load_all(kept.database, actor.name):
        subject, _, topic = draft.form.partition("/")
        if (shown is not None and draft.form == shown.key) or subject not in names:
            continue
        when = f"{draft.saved_at:%H:%M} {day(lang, draft.saved_at.date())}"
        st.button(
            t(
                lang, "entry.open_draft", name=markdown_text(names[subject]),
                topic=t(lang, f"dossier.topic.{topic}"), when=when,
            ),
            key=f"entry.draft.{draft.form}",
            icon=":material/draft:",
            type="tertiary",
            on_click=_go,
            kwargs={"cum": subject, "chu_de": topic},
        )

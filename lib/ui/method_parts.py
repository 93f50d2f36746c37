"""The parts of the method page, generated from the rule files, the catalogues and the plan."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from lib.domain.finding import Level, Word
from lib.domain.rule import Parameter, Rule
from lib.render.html import paragraph, table
from lib.text import day, has, number, t
from lib.ui import figures, loaders
from lib.ui import findings as why
from lib.ui.card import level_html


def answer(lang: str, as_of: date) -> tuple[str, str]:
    """How many rules apply on the day, and how many have yet to be compared with the gazette."""
    active = [rule for rule in loaders.rulebook().rules if rule.is_in_force(as_of)]
    unread = sum(
        any(not basis.status.may_conclude for basis in rule.basis) and not rule.verified_by for rule in active
    )
    return (
        t(lang, "method.answer", rules=len(active), day=day(lang, as_of)),
        t(lang, "method.purpose", unread=unread, total=len(active)),
    )


def _parameter(lang: str, parameter: Parameter) -> str:
    """A limit in words with its unit and how far its clause was read."""
    value = parameter.value
    if isinstance(value, date):
        shown = day(lang, value)
    elif isinstance(value, (int, float)):
        unit = parameter.unit if parameter.unit == "%" else t(lang, f"common.unit.{parameter.unit}")
        shown = f"{number(lang, value, 2 if value != int(value) else 0)} {unit}"
    else:
        shown = str(value)
    # A new parameter in a rule file shows by its key until someone gives it words.
    key = f"method.parameter.{parameter.key}"
    name = t(lang, key) if has(lang, key) else parameter.key
    return f"{name} {shown} [{t(lang, f'rules.basis_status.{parameter.status}')}]"


def _rule_html(lang: str, rule: Rule, as_of: date) -> str:
    in_force = rule.is_in_force(as_of)
    active = t(lang, "method.active" if in_force else "method.not_active")
    basis = "; ".join(why.basis_text(lang, one) for one in rule.basis)
    parts = [
        f"<p><b>{escape(rule.id)} · {escape(rule.title[lang])}</b> "
        f"<span class='ccn-chip'>{escape(active)}</span></p>",
        paragraph(rule.duty[lang]),
        paragraph(f"{basis} · {why.period_text(lang, rule)}", "ccn-soft"),
    ]
    if rule.parameters:
        parts.append(paragraph("; ".join(_parameter(lang, one) for one in rule.parameters.values())))
    for one in rule.exemptions:
        words = {
            "what": one.label[lang],
            "papers": one.papers[lang],
            "basis": why.basis_text(lang, one.basis),
        }
        parts.append(paragraph(t(lang, "method.exemption", **words)))
    parts.append(paragraph(t(lang, "risk.clears", what=rule.clears[lang])))
    parts.append(paragraph(why.bodies_text(lang, rule), "ccn-soft"))
    return f'<div class="ccn-finding {"in-force" if in_force else "not-in-force"}">{"".join(parts)}</div>'


def rules(lang: str, as_of: date) -> None:
    """Every version of every rule, by group; those of the as-of date are marked."""
    groups: dict[str, list[Rule]] = {}
    for rule in loaders.rulebook().rules:
        groups.setdefault(rule.group, []).append(rule)
    for group, found in groups.items():
        figures.heading(t(lang, f"rules.group.{group}"))
        ordered = sorted(found, key=lambda one: (one.family, one.effective_from or date.min))
        for rule in ordered:
            if rule.is_in_force(as_of):
                st.html(_rule_html(lang, rule, as_of))
        others = [rule for rule in ordered if not rule.is_in_force(as_of)]
        if others:
            with st.expander(t(lang, "method.other_versions", count=len(others))):
                for rule in others:
                    st.html(_rule_html(lang, rule, as_of))


def levels(lang: str) -> None:
    """Answers, words, levels, weights and shelf lives: from the rule files and the catalogue."""
    book = loaders.rulebook()
    when = {one.level: one.label[lang] for one in book.levels}
    figures.heading(t(lang, "method.words_title"))
    said = (
        (escape(t(lang, f"rules.word.{key}")), escape(t(lang, f"method.word_when.{key}"))) for key in Word
    )
    st.html(table((t(lang, "risk.filter_word"), t(lang, "method.when")), said))
    figures.heading(t(lang, "method.levels_title"))
    reached = (
        (level_html(lang, level), escape(when.get(level, t(lang, "method.level_otherwise"))))
        for level in Level
    )
    st.html(table((t(lang, "risk.col_level"), t(lang, "method.when")), reached))
    figures.heading(t(lang, "method.index_title"))
    st.html("".join(paragraph(note[lang]) for note in book.method.notes.values()))
    figures.heading(t(lang, "method.weights_title"))
    st.caption(
        t(
            lang,
            "method.weights_caveat",
            range=number(lang, 100 * book.method.weight_range),
            check=number(lang, 100 * book.method.check_from),
        )
    )
    families: dict[str, dict[str, float]] = {}
    for rule in book.rules:
        families.setdefault(rule.group, {})[rule.family] = rule.severity
    weights = (
        (
            escape(t(lang, f"rules.group.{group}")),
            escape(number(lang, weight)),
            escape(", ".join(f"{family} ({number(lang, severity, 1)})" for family, severity in found.items()))
            if (found := families.get(group))
            else escape(t(lang, "method.no_rule_yet")),
        )
        for group, weight in book.method.weights.items()
    )
    heads = (t(lang, "risk.col_group"), t(lang, "method.weight"), t(lang, "method.rules_severity"))
    st.html(table(heads, weights, classes=("", "num", "")))
    figures.heading(t(lang, "method.shelf_title"))
    kept = (
        (escape(one.label[lang]), escape(number(lang, one.shelf_life_months)))
        for one in loaders.store().attributes.values()
        if one.shelf_life_months
    )
    st.html(table((t(lang, "dossier.head.what"), t(lang, "method.months")), kept, classes=("", "num")))


def law_changes(lang: str, as_of: date) -> None:
    """What changed in the law, and when."""
    figures.heading(t(lang, "method.law_title"))
    st.html(
        table(
            (
                t(lang, "dossier.head.when"),
                t(lang, "dossier.head.what"),
                t(lang, "method.basis"),
            ),
            (
                (
                    escape(day(lang, one.day))
                    + (
                        f" <span class='ccn-chip'>{escape(t(lang, 'method.ahead'))}</span>"
                        if one.day > as_of
                        else ""
                    ),
                    f"<b>{escape(one.title[lang])}</b><br>{escape(one.text[lang])}",
                    escape(f"{one.document} [{t(lang, f'rules.basis_status.{one.status}')}]"),
                )
                for one in sorted(loaders.rulebook().law_changes, key=lambda one: one.day)
            ),
        )
    )


def calendar(lang: str, as_of: date) -> None:
    """Deadlines and norms that begin or end."""
    figures.heading(t(lang, "overview.due"))
    st.html(
        table(
            (
                t(lang, "dossier.head.when"),
                t(lang, "dossier.head.what"),
                t(lang, "method.basis"),
            ),
            (
                (
                    escape(day(lang, one.day)),
                    escape(one.label[lang]),
                    escape(f"{one.basis} [{t(lang, f'rules.basis_status.{one.status}')}]"),
                )
                for one in sorted(loaders.rulebook().calendar, key=lambda one: one.day)
                if one.day >= as_of
            ),
        )
    )


def bodies(lang: str) -> None:
    """Bodies in the plan of 2024 and who they are now."""
    found = loaders.rulebook().bodies
    figures.heading(t(lang, "method.bodies_title"))
    st.html(
        table(
            (
                t(lang, "method.body_then"),
                t(lang, "method.body_now"),
                t(lang, "method.basis"),
            ),
            (
                (
                    escape(one.name[lang]),
                    escape(found[one.now].name[lang] if one.now else t(lang, "method.body_none")),
                    escape(one.basis),
                )
                for one in found.values()
                if one.now or one.ended
            ),
        )
    )


def plan_tasks(lang: str) -> None:
    """The tasks of the provincial plan with the bodies then and now."""
    figures.heading(t(lang, "method.plan_title"))
    st.html(
        table(
            tuple(
                escape(t(lang, f"method.plan.{key}"))
                for key in ("number", "content", "lead", "deadline", "state")
            ),
            (
                (
                    escape(task.number),
                    escape(task.content[lang]),
                    "<br>".join(escape(why.body_text(lang, key)) for key in task.leads),
                    escape(task.deadline[lang] if isinstance(task.deadline, dict) else task.deadline),
                    escape(task.state.get(lang, "") or t(lang, "method.plan.not_found")),
                )
                for task in loaders.store().plan_tasks
            ),
        )
    )


def sources(lang: str) -> None:
    """All sources, with their kind and what they are copies of."""
    kept = loaders.store().sources
    figures.heading(t(lang, "method.sources_title", count=len(kept)))
    heads = [t(lang, key) for key in ("common.word.source", "dossier.head.kind", "dossier.head.when")]
    cells = []
    for one in kept.values():
        title = figures.source_link(one)
        if one.copy_of:
            copied = t(lang, "common.word.copy_of", title=kept[one.copy_of].title)
            title += f"<br><small class='soft'>{escape(copied)}</small>"
        when = day(lang, one.published_on) if one.published_on else one.date_as_written or "–"
        cells.append((title, escape(figures.kind_word(lang, one.kind)), escape(when)))
    st.html(table(heads, cells))


def data_files(lang: str) -> None:
    """The files of the shipped data: what they are, who made them, licence, official or not."""
    figures.heading(t(lang, "method.files_title"))
    heads = [t(lang, f"method.file.{key}") for key in ("name", "producer", "licence", "standing")]
    cells = (
        (
            f"{escape(str(one[f'title_{lang}']))}<br><small class='soft'>data/{escape(name)}</small>",
            escape(str(one["producer"])),
            escape(str(one["licence"])),
            escape(t(lang, f"method.standing.{one['kind']}")),
        )
        for name, one in loaders.store().catalog["files"].items()
    )
    st.html(table(heads, cells))


def words(lang: str) -> None:
    """Terms with what they mean here and where that is written."""
    st.html(
        table(
            (
                t(lang, "method.term"),
                t(lang, "method.definition"),
                t(lang, "method.basis"),
            ),
            (
                (escape(one.term[lang]), escape(one.definition[lang]), escape(one.basis))
                for one in loaders.rulebook().glossary
            ),
        )
    )


def sheets(lang: str) -> dict[str, pd.DataFrame]:
    """Rules and sources as tables."""
    book = loaders.rulebook()
    rows = [
        {
            t(lang, "method.rule"): rule.id,
            t(lang, "dossier.head.what"): rule.title[lang],
            t(lang, "method.duty"): rule.duty[lang],
            t(lang, "method.basis"): "; ".join(why.basis_text(lang, one) for one in rule.basis),
            t(lang, "method.period"): why.period_text(lang, rule),
            t(lang, "method.parameters"): "; ".join(
                _parameter(lang, one) for one in rule.parameters.values()
            ),
        }
        for rule in book.rules
    ]
    listed = [
        {
            t(lang, "common.word.source"): one.title,
            t(lang, "dossier.head.kind"): figures.kind_word(lang, one.kind),
            t(lang, "dossier.head.link"): one.url,
        }
        for one in loaders.store().sources.values()
    ]
    return {
        t(lang, "method.tab.rules"): pd.DataFrame(rows),
        t(lang, "method.tab.sources"): pd.DataFrame(listed),
    }

"""Why a cluster is flagged: rule, article, period, evidence, what is missing, what clears it, who answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from lib.domain.finding import EvidenceUse, Finding, Line
from lib.domain.interval import DaySpan, Interval
from lib.domain.rule import Basis, Rule
from lib.render.html import paragraph
from lib.text import day, interval_text, number, span_text, t
from lib.ui import figures, loaders


def word(lang: str, finding: Finding) -> str:
    """The word of task II.6, with "chưa loại trừ miễn trừ" where an exemption is open."""
    said = t(lang, f"rules.word.{finding.word}")
    return f"{said} ({t(lang, 'rules.exemption_open')})" if finding.is_exemption_open else said


def _value(lang: str, value: object) -> str:
    if isinstance(value, Interval):
        return interval_text(lang, value)
    if isinstance(value, DaySpan):
        return span_text(lang, value)
    if isinstance(value, date):
        return day(lang, value)
    if isinstance(value, float):
        return number(lang, value, 0 if value == int(value) else 1)
    return str(value)


def why_text(lang: str, line: Line) -> str:
    """One sentence of the explanation in the reader's language."""
    return t(
        lang, f"rules.why.{line.key}", **{key: _value(lang, value) for key, value in line.values.items()}
    )


def basis_text(lang: str, basis: Basis) -> str:
    amended = f" ({t(lang, 'risk.amended', by=basis.amended_by)})" if basis.amended_by else ""
    return f"{basis.document}, {basis.article}{amended} [{t(lang, f'rules.basis_status.{basis.status}')}]"


def period_text(lang: str, rule: Rule) -> str:
    """When the version is in force, by the last day it applies, not the first it no longer does."""
    if rule.effective_from is None and rule.effective_to is None:
        return t(lang, "risk.period.always")
    if rule.effective_to is None:
        return t(lang, "risk.period.since", start=day(lang, rule.effective_from or date.min))
    last = day(lang, rule.effective_to - timedelta(days=1))
    if rule.effective_from is None:
        return t(lang, "risk.period.until", end=last)
    return t(lang, "risk.period.span", start=day(lang, rule.effective_from), end=last)


def body_now(lang: str, key: str) -> str:
    """The body that answers today."""
    bodies = loaders.rulebook().bodies
    return bodies[bodies[key].now or key].name[lang]


def body_text(lang: str, key: str) -> str:
    """A body today, with its name before the 2025 reform where it had another."""
    bodies = loaders.rulebook().bodies
    body = bodies[key]
    if not body.now:
        earlier = [other.name[lang] for other in bodies.values() if other.now == key]
        return (
            t(lang, "risk.body.now_before", now=body.name[lang], before=earlier[0])
            if earlier
            else body.name[lang]
        )
    return t(lang, "risk.body.now_before", now=bodies[body.now].name[lang], before=body.name[lang])


def bodies_text(lang: str, rule: Rule) -> str:
    """Who bears the duty and who supervises it, then and now."""
    bearer, supervisor = body_text(lang, rule.bearer), body_text(lang, rule.supervisor)
    return t(lang, "risk.bodies", bearer=bearer, supervisor=supervisor)


def _evidence_item(lang: str, use: EvidenceUse) -> str:
    attribute = loaders.store().attributes[use.observation.attribute]
    role = (
        ""
        if use.role == "used"
        else f'<span class="ccn-chip">{escape(t(lang, f"rules.role.{use.role}"))}</span> '
    )
    return f"<li>{role}{escape(attribute.label[lang])}: {figures.source_html(lang, use.observation)}</li>"


def missing_text(lang: str, finding: Finding) -> str:
    """What is missing, in the order it would settle the matter."""
    attributes = loaders.store().attributes
    labels = list(dict.fromkeys(attributes[item.attribute].label[lang] for item in finding.missing))
    return "; ".join(label[:1].lower() + label[1:] if not label[:2].isupper() else label for label in labels)


def finding_html(lang: str, finding: Finding) -> str:
    """The whole explanation of one finding; safe to show."""
    rule = finding.rule
    basis = "; ".join(basis_text(lang, one) for one in rule.basis)
    strength = t(lang, f"rules.strength.{finding.strength}")
    lines = [
        f"<p><b>{escape(word(lang, finding))}: {escape(rule.title[lang])}</b></p>",
        paragraph(rule.duty[lang]),
        paragraph(f"{rule.id} · {basis} · {period_text(lang, rule)} · {strength}", "ccn-soft"),
    ]
    if finding.why:
        lines.append(
            "<ul>" + "".join(f"<li>{escape(why_text(lang, line))}</li>" for line in finding.why) + "</ul>"
        )
    if finding.evidence:
        items = "".join(_evidence_item(lang, use) for use in finding.evidence)
        lines.append(f"<p>{escape(t(lang, 'risk.evidence'))}</p><ul>{items}</ul>")
    else:
        lines.append(f'<p class="ccn-soft">{escape(t(lang, "risk.no_evidence"))}</p>')
    if finding.missing:
        lines.append(f"<p>{escape(t(lang, 'risk.missing', what=missing_text(lang, finding)))}</p>")
    open_ways = {item.exemption for item in finding.missing}
    papers = [one.papers[lang] for one in rule.exemptions if one.key in open_ways]
    if finding.is_exemption_open and papers:
        lines.append(f"<p>{escape(t(lang, 'risk.papers', what='; '.join(papers)))}</p>")
    if finding.due:
        lines.append(f"<p>{escape(t(lang, 'risk.due', day=day(lang, finding.due)))}</p>")
    if finding.word not in ("met", "not_applicable"):
        lines.append(f"<p>{escape(t(lang, 'risk.clears', what=rule.clears[lang]))}</p>")
    lines.append(paragraph(bodies_text(lang, rule), "ccn-soft"))
    return f'<div class="ccn-finding {finding.word}">{"".join(lines)}</div>'


def panel(lang: str, findings: Sequence[Finding]) -> None:
    """All findings of a cluster: flags first, then what is unclear, the rest folded away."""
    for finding in findings:
        if finding.is_flag:
            st.html(finding_html(lang, finding))
    unclear = [finding for finding in findings if finding.word == "unclear"]
    settled = [finding for finding in findings if finding.word in ("met", "not_applicable")]
    for found, title in ((unclear, "risk.unclear_rules"), (settled, "risk.settled_rules")):
        if found:
            with st.expander(t(lang, title, count=len(found))):
                for finding in found:
                    st.html(finding_html(lang, finding))


def short_reasons(lang: str, findings: Sequence[Finding]) -> str:
    """The groups that are flagged, in a few words."""
    groups = dict.fromkeys(finding.rule.group for finding in findings if finding.is_flag)
    return ", ".join(t(lang, f"rules.group.{group}").lower() for group in groups)

"""The risk page's own filters, and its list and findings as tables to hand over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from lib.assess.ranking import ranked
from lib.domain.finding import EvidenceUse, Finding, Word
from lib.reports.layers import to_gpkg, to_kml
from lib.text import day, t
from lib.ui import choices
from lib.ui import findings as why
from lib.ui.exports import notices
from lib.ui.figures import origin, said
from lib.ui.loaders import View, store
from lib.ui.map_features import features
from lib.ui.scope import Scope

Findings = Mapping[str, tuple[Finding, ...]]


def filtered(lang: str, profiles: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Draws the filters by rule group and word, and returns the rows that match, in rank order."""
    groups = sorted({finding.rule.group for found in findings.values() for finding in found})

    def group_labels(language: str) -> dict[str, str]:
        return {"": t(language, "common.word.all")} | {
            key: t(language, f"rules.group.{key}") for key in groups
        }

    def word_labels(language: str) -> dict[str, str]:
        return {"": t(language, "common.word.all")} | {key: t(language, f"rules.word.{key}") for key in Word}

    group = choices.select(t(lang, "risk.filter_group"), "nhom-quy-tac", group_labels, lang, width=220)
    word = choices.select(t(lang, "risk.filter_word"), "tu", word_labels, lang, width=180)

    def matching(code: str) -> bool:
        return any(
            (not group or finding.rule.group == group) and (not word or finding.word == word)
            for finding in findings[code]
        )

    keep = profiles["code"].map(matching) if group or word else pd.Series(True, index=profiles.index)
    return ranked(profiles[keep.astype(bool)])


def sheets(lang: str, profiles: pd.DataFrame, findings: Findings) -> dict[str, pd.DataFrame]:
    """The list, and one row a finding with its evidence: what an annex needs."""
    label = {
        "code": "dossier.code",
        "name": "risk.col_cluster",
        "level": "risk.col_level",
        "flag_count": "risk.col_flags",
        "unknown_count": "risk.col_missing",
    }
    listed = profiles[list(label)].rename(columns={column: t(lang, key) for column, key in label.items()})
    level = t(lang, "risk.col_level")
    listed[level] = listed[level].map(lambda key: t(lang, f"frame.level.{key}"))
    listed[t(lang, "risk.col_why")] = [why.short_reasons(lang, findings[code]) for code in profiles["code"]]
    names = dict(zip(profiles["code"], profiles["name"], strict=True))
    rows = [
        finding_row(lang, names[code], finding) for code in profiles["code"] for finding in findings[code]
    ]
    return {t(lang, "risk.sheet_list"): listed, t(lang, "risk.sheet_findings"): pd.DataFrame(rows)}


def _role(lang: str, use: EvidenceUse) -> str:
    """What an observation could not do for the answer, in front of it: "có thể đúng…: "."""
    return "" if use.role == "used" else f"[{t(lang, f'rules.role.{use.role}')}] "


def finding_row(lang: str, name: str, finding: Finding) -> dict[str, str]:
    """One finding in words, a column each."""
    sources = store().sources
    return {
        t(lang, "dossier.code"): finding.subject,
        t(lang, "risk.col_cluster"): name,
        t(lang, "method.rule"): f"{finding.rule.id} {finding.rule.title[lang]}",
        t(lang, "risk.col_group"): t(lang, f"rules.group.{finding.rule.group}"),
        t(lang, "method.result"): t(lang, f"rules.answer.{finding.answer}"),
        t(lang, "method.strength"): t(lang, f"rules.strength.{finding.strength}"),
        t(lang, "risk.filter_word"): why.word(lang, finding),
        t(lang, "method.basis"): "; ".join(why.basis_text(lang, basis) for basis in finding.rule.basis),
        t(lang, "method.period"): why.period_text(lang, finding.rule),
        t(lang, "method.why"): " ".join(why.why_text(lang, line) for line in finding.why),
        t(lang, "method.evidence"): "; ".join(
            f"{_role(lang, use)}{said(lang, use.observation)} ({origin(lang, use.observation)}; "
            f"{sources[use.observation.source].title})"
            for use in finding.evidence
        ),
        t(lang, "method.missing"): why.missing_text(lang, finding),
        t(lang, "dossier.head.link"): "; ".join(
            dict.fromkeys(url for use in finding.evidence if (url := sources[use.observation.source].url))
        ),
        t(lang, "method.clears"): finding.rule.clears[lang],
        t(lang, "method.due"): day(lang, finding.due) if finding.due else "",
        t(lang, "method.bearer"): why.body_text(lang, finding.rule.bearer),
        t(lang, "method.supervisor"): why.body_text(lang, finding.rule.supervisor),
    }


def layers(scope: Scope, profiles: pd.DataFrame, view: View) -> dict[str, tuple[str, Callable[[], bytes]]]:
    """Makers of the map files: real boundaries as polygons, schematic ones as points."""
    lang = scope.lang

    def made(maker: Callable[..., bytes]) -> Callable[[], bytes]:
        return lambda: maker(features(lang, profiles, view), lang=lang, notices=notices(scope))

    return {
        "gpkg": ("application/geopackage+sqlite3", made(to_gpkg)),
        "kml": ("application/vnd.google-earth.kml+xml", made(to_kml)),
    }

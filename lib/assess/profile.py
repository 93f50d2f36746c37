"""One row a cluster: what lists, maps and charts show, as of the day of the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from lib.assess.index import index_of
from lib.assess.levels import level_of
from lib.domain.finding import Finding, Word
from lib.domain.interval import Interval
from lib.domain.observation import Evidence
from lib.domain.places import Cluster
from lib.domain.rulebook import RuleBook

CODES = ("plan_group", "status", "operating", "works_state", "central_treatment", "environmental_file")
PLAN_AREAS = ("plan_area_2020_ha", "plan_area_2030_ha", "plan_area_after_2030_ha")
_ORDER = {word: place for place, word in enumerate(Word)}


def cluster_profiles(
    clusters: Sequence[Cluster],
    evidence: Evidence,
    findings: Mapping[str, Sequence[Finding]],
    book: RuleBook,
) -> pd.DataFrame:
    """
    One row a cluster in the order given; None or NaN where nothing is known.

    A figure that is only known to lie between two ends has NaN in its plain column and its ends in
    `…_low…` and `…_high…`: no middle is invented. `area_ha` is the established area, else the plan's of the
    period, else a reported or called one; `area_from` names the attribute. Lists are joined by "|".
    `word_<group>` is the worst word of the group.
    """
    groups = tuple(book.method.weights) or tuple(dict.fromkeys(rule.group for rule in book.rules))
    rows = [_row(cluster, evidence, findings.get(cluster.code, ()), book, groups) for cluster in clusters]
    return pd.DataFrame(rows)


def _row(
    cluster: Cluster, evidence: Evidence, findings: Sequence[Finding], book: RuleBook, groups: Sequence[str]
) -> dict[str, object]:
    row: dict[str, object] = {
        "code": cluster.code,
        "name": cluster.name,
        "aliases": "|".join(cluster.aliases),
        "communes_now": "|".join(cluster.communes_now),
        "communes_then": "|".join(cluster.communes_then),
    }
    for key in CODES:
        value = evidence.get(cluster.code, key).value
        row[key] = value if isinstance(value, str) else None
    investors = evidence.get(cluster.code, "investor_type")
    row["investor_type"] = "|".join(sorted({str(one.value) for one in investors.usable})) or None
    for key in PLAN_AREAS:
        row[key] = _exact(evidence, cluster.code, key)
    area_from, area = _area(evidence, cluster.code)
    row |= {"area_from": area_from, **_ends("area", "ha", area)}
    published = evidence.get(cluster.code, "occupancy_published_pct").value
    row |= _ends("occupancy_published", "pct", published if isinstance(published, Interval) else None)
    row["level"] = str(level_of(findings, book.levels))
    row["flag_count"] = sum(finding.is_flag for finding in findings)
    row["unknown_count"] = sum(finding.word is Word.UNCLEAR for finding in findings)
    row["flag_groups"] = "|".join(
        dict.fromkeys(finding.rule.group for finding in findings if finding.is_flag)
    )
    for group in groups:
        words = [finding.word for finding in findings if finding.rule.group == group]
        row[f"word_{group}"] = str(min(words, key=_ORDER.__getitem__)) if words else None
    index = index_of(findings, book)
    row |= {"index_low": index.low, "index_high": index.high}
    return row


def _exact(evidence: Evidence, code: str, attribute: str) -> float:
    value = evidence.get(code, attribute).value
    return value.low if isinstance(value, Interval) and value.is_exact else float("nan")


def _ends(stem: str, unit: str, value: Interval | None) -> dict[str, float]:
    nothing = float("nan")
    if value is None:
        return {f"{stem}_{unit}": nothing, f"{stem}_low_{unit}": nothing, f"{stem}_high_{unit}": nothing}
    return {
        f"{stem}_{unit}": value.low if value.is_exact else nothing,
        f"{stem}_low_{unit}": value.low,
        f"{stem}_high_{unit}": value.high,
    }


def _area(evidence: Evidence, code: str) -> tuple[str | None, Interval | None]:
    of_period = "plan_area_2030_ha" if evidence.as_of <= date(2030, 12, 31) else "plan_area_after_2030_ha"
    for attribute in ("established_area_ha", of_period, "reported_area_ha", "called_area_ha"):
        value = evidence.get(code, attribute).value
        if isinstance(value, Interval):
            return attribute, value
    return None, None

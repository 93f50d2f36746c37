"""Which missing evidence is worth finding first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from lib.assess.index import rule_weight
from lib.domain.finding import Finding
from lib.domain.observation import Attribute
from lib.domain.rulebook import RuleBook

COLUMNS = ("attribute", "ask", "clusters", "points")


def worth_finding(
    findings: Iterable[Finding], attributes: Mapping[str, Attribute], book: RuleBook
) -> pd.DataFrame:
    """
    Missing attributes, the one that could move most first.

    Returns
    -------
    table
        `attribute`, `ask` (body key), `clusters` that miss it, and `points`: the share of the whole method's
        weight (in index points, summed over clusters) of the rules that miss it. It bounds from above what
        the evidence could narrow; weights are illustrative, so it orders and is not shown as a figure.
    """
    points: dict[str, float] = {}
    clusters: dict[str, set[str]] = {}
    for finding in findings:
        share = 100 * rule_weight(book, finding.rule.family)
        for attribute in {item.attribute for item in finding.missing}:
            points[attribute] = points.get(attribute, 0.0) + share * finding.rule.severity
            clusters.setdefault(attribute, set()).add(finding.subject)
    rows = [
        (key, attributes[key].ask if key in attributes else "", len(clusters[key]), round(points[key], 6))
        for key in sorted(points, key=lambda key: (-points[key], key))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))

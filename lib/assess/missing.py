"""What is missing, item by item: the content of a request sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from lib.domain.finding import Finding
from lib.domain.observation import Attribute

COLUMNS = ("cluster", "attribute", "rules", "on", "exemptions", "ask")


def missing_items(findings: Iterable[Finding], attributes: Mapping[str, Attribute]) -> pd.DataFrame:
    """
    One row for each attribute missing of a cluster, those on duties first.

    Returns
    -------
    table
        `cluster` code, `attribute`, `rules` that would read it (ids joined by "|"), `on` ("duty" when at
        least one rule misses it on the duty itself, else "exemption"), `exemptions` it would settle (keys
        joined by "|"), `ask` (body key; "" when the catalogue names none).
    """
    found: dict[tuple[str, str], dict[str, dict[str, None]]] = {}
    for finding in findings:
        for item in finding.missing:
            row = found.setdefault(
                (finding.subject, item.attribute), {"rules": {}, "on": {}, "exemptions": {}}
            )
            row["rules"][finding.rule.id] = None
            row["on"][item.on] = None
            if item.exemption:
                row["exemptions"][item.exemption] = None
    rows = [
        {
            "cluster": cluster,
            "attribute": attribute,
            "rules": "|".join(row["rules"]),
            "on": "duty" if "duty" in row["on"] else "exemption",
            "exemptions": "|".join(row["exemptions"]),
            "ask": attributes[attribute].ask if attribute in attributes else "",
        }
        for (cluster, attribute), row in found.items()
    ]
    rows.sort(key=lambda row: (row["cluster"], row["on"] != "duty"))
    return pd.DataFrame(rows, columns=list(COLUMNS))

"""`assess`: every finding of every cluster, printed as a table or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lib.assess import tests as rule_tests
from lib.assess.evaluate import assess
from lib.cli_commands.call import DONE, Call, add_common
from lib.domain.clock import today
from lib.domain.finding import Finding
from lib.domain.rule import Rule
from lib.imports.boundaries import read_overlay
from lib.store.base import Store
from lib.store.files import SHIPPED, open_store
from lib.store.rulebook import read_rulebook
from lib.text import t, validity_text, value_text


def add_commands(commands: Any) -> None:
    command: argparse.ArgumentParser = commands.add_parser("assess", help="print every finding as of a day")
    add_common(command)
    command.add_argument("--as-of", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    command.add_argument("--known-on", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    command.add_argument(
        "--data", type=Path, default=None, metavar="FOLDER",
        help="read the shipped files with this folder laid over them, instead of the database",
    )
    command.add_argument("--format", choices=("json", "table"), default="table")
    command.set_defaults(run=_assess)


def _assess(call: Call) -> int:
    given = call.given
    as_of: date = given.as_of or today()
    known_on: date = given.known_on or max(today(), as_of)
    store = call.store() if given.data is None else _laid_over(given.data)
    print(findings_text(call.lang, store, as_of, known_on, form=given.format))
    return DONE


def _laid_over(folder: Path) -> Store:
    store = open_store(SHIPPED, overlay=folder)
    read_overlay(folder, [cluster.code for cluster in store.clusters])
    return store


def findings_text(lang: str, store: Store, as_of: date, known_on: date, *, form: str) -> str:
    """Every finding of every cluster as `json` or a `table`."""
    book = read_rulebook(SHIPPED / "rules", tests=rule_tests.TESTS, attributes=store.attributes)
    findings = assess([cluster.code for cluster in store.clusters], store.evidence(as_of, known_on), book)
    records = [_record(lang, store, finding) for finding in findings]
    if form == "json":
        return json.dumps(
            {"as_of": as_of.isoformat(), "known_on": known_on.isoformat(), "findings": records},
            ensure_ascii=False,
            indent=1,
        )
    return _table(records)


def _article(rule: Rule) -> str:
    return "; ".join(f"{one.document}, {one.article}" for one in rule.basis)


def _record(lang: str, store: Store, finding: Finding) -> dict[str, object]:
    """One finding as plain values."""
    names = {cluster.code: cluster.name for cluster in store.clusters}
    return {
        "subject": finding.subject,
        "name": names[finding.subject],
        "rule": finding.rule.id,
        "group": finding.rule.group,
        "answer": finding.answer.value,
        "strength": finding.strength.value,
        "word": t(lang, f"rules.word.{finding.word}"),
        "is_flag": finding.is_flag,
        "exemption_open": finding.is_exemption_open,
        "article": _article(finding.rule),
        "evidence": [
            {
                "id": use.observation.id,
                "attribute": use.observation.attribute,
                "value": value_text(
                    lang, store.attributes[use.observation.attribute], use.observation, store.value_labels
                ),
                "when": validity_text(lang, use.observation),
                "source": store.sources[use.observation.source].title,
                "source_kind": use.observation.source_kind.value,
                "role": use.role,
            }
            for use in finding.evidence
        ],
        "missing": list(dict.fromkeys(item.attribute for item in finding.missing)),
        "due": finding.due.isoformat() if finding.due else None,
    }


def _table(records: Sequence[dict[str, object]]) -> str:
    """Plain columns: a line a finding."""
    columns = ("subject", "name", "rule", "answer", "strength", "word", "evidence", "missing", "article")

    def cell(record: dict[str, object], column: str) -> str:
        value = record[column]
        if column == "evidence" and isinstance(value, list):
            return ", ".join(f"{use['id']} ({use['role']})" for use in value) or "–"
        return ", ".join(value) or "–" if isinstance(value, list) else str(value)

    rows = [columns, *(tuple(cell(record, column) for column in columns) for record in records)]
    widths = [min(max(len(row[i]) for row in rows), 48) for i in range(len(columns))]
    return "\n".join(
        "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )

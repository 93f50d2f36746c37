"""The command line: `python -m lib.cli assess --as-of 2026-09-15 --format table`."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lib.assess import tests as rule_tests
from lib.assess.evaluate import assess
from lib.domain.clock import today
from lib.domain.errors import DataError
from lib.domain.finding import Finding
from lib.domain.rule import Rule
from lib.imports.boundaries import read_overlay
from lib.store.base import Store
from lib.store.files import SHIPPED, open_store
from lib.store.rulebook import read_rulebook
from lib.text import t, validity_text, value_text
from lib.text.errors import error_text


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


def run_assess(as_of: date, known_on: date, data: Path | None, form: str, lang: str) -> str:
    """Every finding of every cluster as JSON or a table."""
    store = open_store(SHIPPED, overlay=data)
    if data is not None:
        read_overlay(data, [cluster.code for cluster in store.clusters])
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 0 when done, 2 when data is wrong."""
    parser = argparse.ArgumentParser(prog="python -m lib.cli", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("assess", help="print every finding as of a day")
    command.add_argument("--as-of", type=date.fromisoformat, default=today(), metavar="YYYY-MM-DD")
    command.add_argument("--known-on", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    command.add_argument("--data", type=Path, default=None, help="folder laid over the shipped data")
    command.add_argument("--format", choices=("json", "table"), default="table")
    command.add_argument("--lang", choices=("vi", "en"), default="vi")
    given = parser.parse_args(arguments)
    try:
        print(
            run_assess(
                given.as_of, given.known_on or max(today(), given.as_of), given.data, given.format, given.lang
            )
        )
    except DataError as error:
        print(error_text(given.lang, error), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    # A Windows console may not be UTF-8; Vietnamese must not end the program.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    sys.exit(main())

"""Reads `data/rules/*.toml` into a `RuleBook`; a wrong file is refused with its name, line and field."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from lib.domain.errors import DataError
from lib.domain.finding import Level, Word
from lib.domain.places import Deadline
from lib.domain.rule import Basis, BasisStatus, Exemption, Parameter, Rule
from lib.domain.rulebook import Body, GlossaryTerm, LawChange, LevelCondition, LevelRule, Method, RuleBook

LANGUAGES = ("vi", "en")
SUBJECT_KINDS = ("cluster", "project", "commune", "province")
DEADLINE_KINDS = ("report", "deadline", "begins", "ends")
RULE_FILES = ("wastewater", "legal_file", "record", "plan", "land")
FILES = (*RULE_FILES, "norms", "levels", "method", "bodies", "calendar", "law_changes", "glossary")
_Enum = TypeVar("_Enum", bound=StrEnum)


def read_rulebook(folder: Path, *, tests: Collection[str], attributes: Collection[str]) -> RuleBook:
    """
    The rule book of a folder.

    Parameters
    ----------
    folder
        Holds one file for each name of `FILES`; other `*.toml` in it must hold `[[rule]]` tables.
    tests
        Names that a rule may give as its test or an exemption's. A mapping whose values have `parameters`
        also says which parameters a rule must have for each.
    attributes
        Keys of the attribute catalogue, for `concluded_by`.

    Raises
    ------
    DataError
        `rules.…`, with file, line and field: a missing file, bad encoding or TOML, a missing or unknown
        field, a wrong value, an unknown test, attribute, body or group, dates in the wrong order, two
        versions of one family and cohort in force at once, an id given twice.
    """
    for name in FILES:
        if not (folder / f"{name}.toml").is_file():
            raise DataError("rules.missing_file", file=f"{name}.toml")
    extra = sorted(path.stem for path in folder.glob("*.toml") if path.stem not in FILES)
    method = _method(_File(folder / "method.toml"))
    bodies = _bodies(_File(folder / "bodies.toml"))
    known = _Known(tests, attributes, bodies, method.weights)
    rules = [
        rule
        for name in (*RULE_FILES, *extra)
        for rule in _rules(_File(folder / f"{name}.toml"), "rule", known)
    ]
    norms = _rules(_File(folder / "norms.toml"), "norm", known)
    _check_periods([*rules, *norms])
    return RuleBook(
        tuple(rules),
        tuple(norms),
        _levels(_File(folder / "levels.toml"), known),
        method,
        bodies,
        _calendar(_File(folder / "calendar.toml"), bodies),
        _law_changes(_File(folder / "law_changes.toml")),
        _glossary(_File(folder / "glossary.toml")),
    )


class _Known:
    """What a rule may refer to."""

    def __init__(
        self,
        tests: Collection[str],
        attributes: Collection[str],
        bodies: Mapping[str, Body],
        groups: Collection[str],
    ) -> None:
        self.tests, self.attributes, self.bodies, self.groups = tests, attributes, bodies, groups

    def parameters_of(self, test: str) -> tuple[str, ...]:
        """The parameters a test needs, where the caller has told."""
        spec = self.tests[test] if isinstance(self.tests, Mapping) and test in self.tests else None
        return tuple(getattr(spec, "parameters", ()))


class _File:
    """One TOML file: its tables, and the line of a field inside one of them."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise DataError("rules.bad_encoding", file=self.name, line=line) from error
        text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
        self.lines = text.splitlines()
        try:
            self.root: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"at line (\d+)", str(error))
            line = int(place.group(1)) if place else len(self.lines)
            raise DataError("rules.bad_toml", file=self.name, line=line, found=str(error)) from error

    def tables(self, name: str, *, fields: Collection[str] = ()) -> list[_Table]:
        """The `[[name]]` tables in order; nothing else may stand in the file."""
        for key in self.root:
            if key != name:
                raise DataError(
                    "rules.unknown_field",
                    file=self.name,
                    line=self.line_of(key, 0, len(self.lines)),
                    field=key,
                )
        rows = self.root.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            line = self.line_of(name, 0, len(self.lines))
            raise DataError("rules.wrong_value", file=self.name, line=line, field=name)
        starts = [
            i for i, line in enumerate(self.lines) if re.match(rf"\s*\[\[\s*{re.escape(name)}\s*\]\]", line)
        ]
        starts = starts if len(starts) == len(rows) else [0] * len(rows)
        ends = [*starts[1:], len(self.lines)]
        return [
            _Table(self, row, start, max(end, start + 1))
            for row, start, end in zip(rows, starts, ends, strict=True)
        ]

    def line_of(self, field: str, start: int, end: int) -> int:
        """The line (from 1) of `field` (a dotted path) in a range of lines; the first one if it is absent."""
        found = start
        for part in field.split("."):
            name, _, index = part.partition("[")
            hits = self._lines_with(name, found, end)
            if not hits:
                break
            found = self._item(hits, int(index.rstrip("]")), end) if index else hits[0]
        return found + 1

    def _lines_with(self, name: str, start: int, end: int) -> list[int]:
        """Lines on which `name` is a key, or ends the name of a table."""
        pattern = re.compile(rf"(^|[\s{{,.\[]){re.escape(name)}\s*([=.\]]|$)")
        return [i for i in range(start, end) if pattern.search(self.lines[i])]

    def _item(self, hits: list[int], index: int, end: int) -> int:
        """The line of an item of an array: its own header, else its opening brace."""
        headers = [i for i in hits if self.lines[i].lstrip().startswith("[[")]
        if headers:
            return headers[min(index, len(headers) - 1)]
        braces = [i for i in range(hits[0], end) if "{" in self.lines[i]]
        return braces[index] if index < len(braces) else hits[0]


class _Table:
    """A table of a file with checked access; every field must be read, or the file is refused."""

    def __init__(self, file: _File, data: Mapping[str, Any], start: int, end: int, path: str = "") -> None:
        self.file, self.data, self.start, self.end, self.path = file, data, start, end, path

    def where(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def line(self, key: str = "") -> int:
        return self.file.line_of(self.where(key), self.start, self.end) if key else self.start + 1

    def fail(self, problem: str, key: str, found: object = None) -> NoReturn:
        is_absent = key not in self.data
        line = (
            self.file.line_of(self.path, self.start, self.end)
            if is_absent and self.path
            else self.line("" if is_absent else key)
        )
        raise DataError(
            f"rules.{problem}", file=self.file.name, line=line, field=self.where(key), found=found
        )

    def only(self, *keys: str) -> None:
        """Refuses a field that is none of `keys`."""
        for key in self.data:
            if key not in keys:
                self.fail("unknown_field", key)

    def need(self, key: str, kind: type | tuple[type, ...]) -> Any:
        """The value of a field that must be there and be of one of these types."""
        if key not in self.data:
            problem = f"missing_{key}" if key in ("source", "basis") else "missing_field"
            self.fail(problem, key)
        value = self.data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail("wrong_value", key, value)
        return value

    def text(self, key: str, *, default: str | None = None) -> str:
        """A text; empty only where there is a default."""
        if key not in self.data and default is not None:
            return default
        value: str = self.need(key, str)
        if not value.strip() and default is None:
            problem = f"missing_{key}" if key in ("source", "basis") else "missing_field"
            self.fail(problem, key)
        return value

    def one_of(self, key: str, allowed: Collection[str], problem: str, *, default: str | None = None) -> str:
        value = self.text(key, default=default)
        if value not in allowed and not (value == "" and default == ""):
            self.fail(problem, key, value)
        return value

    def enum(self, key: str, kind: type[_Enum]) -> _Enum:
        return kind(self.one_of(key, [str(one) for one in kind], "wrong_value"))

    def flag(self, key: str) -> bool:
        """True or false; false when it is left out."""
        value: bool = self.need(key, bool) if key in self.data else False
        return value

    def number(self, key: str, low: float, high: float) -> float:
        value = float(self.need(key, (int, float)))
        if not low <= value <= high:
            self.fail("wrong_value", key, value)
        return value

    def day(self, key: str) -> date:
        value = self.need(key, date)
        if isinstance(value, datetime):
            self.fail("wrong_value", key, value)
        return value  # type: ignore[no-any-return]

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if key in self.data else None

    def words(self, key: str) -> dict[str, str]:
        """A text in each language."""
        table = self.table(key)
        table.only(*LANGUAGES)
        return {lang: table.text(lang) for lang in LANGUAGES}

    def table(self, key: str) -> _Table:
        return _Table(self.file, self.need(key, dict), self.start, self.end, self.where(key))

    def list_of_tables(self, key: str) -> list[_Table]:
        rows = self.need(key, list)
        if not all(isinstance(row, dict) for row in rows):
            self.fail("wrong_value", key)
        return [
            _Table(self.file, row, self.start, self.end, f"{self.where(key)}[{i}]")
            for i, row in enumerate(rows)
        ]

    def list_of_texts(self, key: str, allowed: Collection[str], problem: str) -> tuple[str, ...]:
        values = self.need(key, list)
        for value in values:
            if value not in allowed:
                self.fail(problem, key, value)
        return tuple(values)


_RULE_FIELDS = (
    "id",
    "family",
    "group",
    "subject_kind",
    "cohort",
    "effective_from",
    "effective_to",
    "known_from",
    "test",
    "parameters",
    "exemption",
    "basis",
    "severity",
    "bearer",
    "supervisor",
    "title",
    "duty",
    "clears",
    "concluded_by",
    "verified_by",
    "verified_on",
)
_NORM_FIELDS = (
    "id",
    "family",
    "group",
    "subject_kind",
    "cohort",
    "effective_from",
    "effective_to",
    "known_from",
    "parameters",
    "basis",
    "title",
    "duty",
    "verified_by",
    "verified_on",
)


def _rules(file: _File, name: str, known: _Known) -> list[Rule]:
    rules: list[Rule] = []
    for table in file.tables(name):
        table.only(*(_RULE_FIELDS if name == "rule" else _NORM_FIELDS))
        rules.append(_rule(table, known, is_norm=name == "norm"))
    return rules


def _rule(table: _Table, known: _Known, *, is_norm: bool) -> Rule:
    start, end = table.optional_day("effective_from"), table.optional_day("effective_to")
    if start is not None and end is not None and start >= end:
        table.fail("date_order", "effective_to", end)
    verified_by, verified_on = table.text("verified_by", default=""), table.optional_day("verified_on")
    if bool(verified_by) != (verified_on is not None):
        table.fail("missing_field", "verified_on" if verified_by else "verified_by")
    parameters = _parameters(table) if "parameters" in table.data else {}
    exemptions = _exemptions(table, known) if "exemption" in table.data else ()
    if "basis" in table.data and not table.data["basis"]:
        table.fail("missing_basis", "basis")
    test = "" if is_norm else table.one_of("test", known.tests, "unknown_test")
    for needed in (
        *known.parameters_of(test),
        *(key for one in exemptions for key in known.parameters_of(one.test)),
    ):
        if needed not in parameters:
            table.fail("missing_parameter", "parameters", needed)
    return Rule(
        id=table.text("id"),
        family=table.text("family"),
        group=table.one_of("group", known.groups, "unknown_group"),
        subject_kind=table.one_of("subject_kind", SUBJECT_KINDS, "wrong_value"),
        cohort=table.text("cohort", default=""),
        effective_from=start,
        effective_to=end,
        known_from=table.optional_day("known_from"),
        test=test,
        parameters=parameters,
        exemptions=exemptions,
        basis=tuple(_basis(one) for one in table.list_of_tables("basis")),
        severity=0.0 if is_norm else table.number("severity", 0.0, 1.0),
        bearer="" if is_norm else table.one_of("bearer", known.bodies, "unknown_body"),
        supervisor="" if is_norm else table.one_of("supervisor", known.bodies, "unknown_body"),
        title=table.words("title"),
        duty=table.words("duty"),
        clears={lang: "" for lang in LANGUAGES} if is_norm else table.words("clears"),
        concluded_by=table.one_of("concluded_by", known.attributes, "unknown_attribute", default=""),
        verified_by=verified_by,
        verified_on=verified_on,
        file=table.file.name,
        line=table.line(),
    )


def _basis(table: _Table) -> Basis:
    table.only("document", "article", "status", "amended_by", "source")
    return Basis(
        table.text("document"),
        table.text("article"),
        table.enum("status", BasisStatus),
        table.text("amended_by", default=""),
        table.text("source"),
    )


def _parameters(table: _Table) -> dict[str, Parameter]:
    rows = table.table("parameters")
    found: dict[str, Parameter] = {}
    for key in rows.data:
        row = rows.table(key)
        row.only("value", "unit", "status", "article")
        value = row.need("value", (int, float, date, str))
        value = float(value) if isinstance(value, int) else value
        found[key] = Parameter(
            key, value, row.text("unit"), row.enum("status", BasisStatus), row.text("article")
        )
    return found


def _exemptions(table: _Table, known: _Known) -> tuple[Exemption, ...]:
    found = []
    for row in table.list_of_tables("exemption"):
        row.only("key", "test", "label", "papers", "basis")
        found.append(
            Exemption(
                row.text("key"),
                row.one_of("test", known.tests, "unknown_test"),
                _basis(row.table("basis")),
                row.words("label"),
                row.words("papers"),
            )
        )
    return tuple(found)


def _check_periods(rules: list[Rule]) -> None:
    """No id twice; of one family and cohort at most one version in force on any day."""
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            raise DataError("rules.duplicate_id", file=rule.file, line=rule.line, field="id", found=rule.id)
        seen[rule.id] = rule
    families: dict[tuple[str, str, str], list[Rule]] = {}
    for rule in rules:
        families.setdefault((rule.family, rule.cohort, rule.subject_kind), []).append(rule)
    for group in families.values():
        ordered = sorted(group, key=lambda rule: rule.effective_from or date.min)
        for earlier, later in pairwise(ordered):
            end, start = earlier.effective_to, later.effective_from
            if end is None or start is None or start < end:
                raise DataError(
                    "rules.overlapping_periods",
                    file=later.file,
                    line=later.line,
                    field="effective_from",
                    found=later.effective_from,
                    first=earlier.id,
                    second=later.id,
                )


def _levels(file: _File, known: _Known) -> tuple[LevelRule, ...]:
    found = []
    for table in file.tables("level"):
        table.only("level", "label", "when")
        conditions = []
        for row in table.list_of_tables("when"):
            row.only("at_least", "groups", "also_flag_in", "without_flag", "met_groups")
            groups = {
                key: row.list_of_texts(key, known.groups, "unknown_group") if key in row.data else None
                for key in ("groups", "also_flag_in", "met_groups")
            }
            without = row.data.get("without_flag", False)
            if not isinstance(without, bool):
                row.fail("wrong_value", "without_flag", without)
            conditions.append(
                LevelCondition(
                    row.enum("at_least", Word) if "at_least" in row.data else None,
                    groups["groups"] or (),
                    groups["also_flag_in"],
                    without,
                    groups["met_groups"] or (),
                )
            )
        found.append(LevelRule(table.enum("level", Level), tuple(conditions), table.words("label")))
    order = [list(Level).index(one.level) for one in found]
    if order != sorted(set(order)):
        raise DataError("rules.level_order", file=file.name, line=1, field="level")
    return tuple(found)


def _method(file: _File) -> Method:
    root = _Table(file, file.root, 0, len(file.lines))
    root.only("weights", "weight_range", "check_from", "notes")
    weights, notes = root.table("weights"), root.table("notes")
    return Method(
        {key: weights.number(key, 0.0, 1000.0) for key in weights.data},
        root.number("weight_range", 0.0, 1.0),
        root.number("check_from", 0.0, 1.0),
        {key: notes.words(key) for key in notes.data},
    )


def _bodies(file: _File) -> dict[str, Body]:
    root = _Table(file, file.root, 0, len(file.lines))
    found: dict[str, Body] = {}
    for key in file.root:
        table = root.table(key)
        table.only("name", "now", "ended", "basis", "status")
        now = table.one_of("now", file.root, "unknown_body", default="")
        found[key] = Body(
            key,
            table.words("name"),
            now,
            table.optional_day("ended"),
            table.text("basis"),
            table.enum("status", BasisStatus),
        )
    return found


def _calendar(file: _File, bodies: Collection[str]) -> tuple[Deadline, ...]:
    found = []
    for table in file.tables("date"):
        table.only("key", "day", "kind", "label", "basis", "status", "body", "highlight")
        found.append(
            Deadline(
                table.text("key"),
                table.day("day"),
                table.one_of("kind", DEADLINE_KINDS, "wrong_value"),
                table.words("label"),
                table.text("basis"),
                str(table.enum("status", BasisStatus)),
                table.one_of("body", bodies, "unknown_body", default=""),
                table.flag("highlight"),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.day, one.key)))


def _law_changes(file: _File) -> tuple[LawChange, ...]:
    found = []
    for table in file.tables("change"):
        table.only("key", "day", "document", "title", "text", "status", "source")
        found.append(
            LawChange(
                table.text("key"),
                table.day("day"),
                table.text("document"),
                table.words("title"),
                table.words("text"),
                table.enum("status", BasisStatus),
                table.text("source"),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.day, one.key)))


def _glossary(file: _File) -> tuple[GlossaryTerm, ...]:
    found = []
    for table in file.tables("term"):
        table.only("key", "term", "definition", "basis", "status")
        found.append(
            GlossaryTerm(
                table.text("key"),
                table.words("term"),
                table.words("definition"),
                table.text("basis"),
                table.enum("status", BasisStatus),
            )
        )
    return tuple(found)

"""A `DataError` as a sentence for the reader: where, what is wrong, what was found, how to put it right."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from lib.domain.errors import DataError, Refusal
from lib.text.messages import messages, t

PLACES = ("sheet", "line", "column", "field", "feature")
"""Parts of a place after the file, in the order they are named."""

SHOWN_CHARACTERS = 80
NOT_GIVEN = "…"


def error_text(lang: str, error: DataError) -> str:
    """
    The error in `lang` as plain text: the caller escapes it for where it is shown.

    Problem `x` has its words in `errors.x`, problem `part.x` in `part.errors.x`. A placeholder the error
    brings no value for shows as "…": a message about bad data must not itself fail for a detail.
    """
    found = "" if error.found is None else t(lang, "errors.found", found=_short(error.found))
    return t(
        lang,
        "errors.sentence",
        place=place_text(lang, error),
        what=_filled(lang, error, "what"),
        found=found,
        remedy=_filled(lang, error, "remedy"),
    )


def refusal_text(lang: str, error: Refusal) -> str:
    """What cannot be done, and what to do about it, as plain text: the caller escapes it."""
    given = dict(error.details)
    if "found" in given:
        given["found"] = _short(given["found"])
    what, remedy = (_with_values(lang, error.problem, kind, given) for kind in ("what", "remedy"))
    return t(lang, "errors.refusal", what=what, remedy=remedy)


def place_text(lang: str, error: DataError) -> str:
    """`Tệp observations.csv, dòng 12, cột “source”`."""
    parts = [t(lang, "errors.place.file", file=error.file)]
    parts += [
        t(lang, f"errors.place.{key}", **{key: error.place[key]}) for key in PLACES if key in error.place
    ]
    return t(lang, "errors.place.separator").join(parts)


def message_key(problem: str) -> str:
    """The key of the words of a problem, without `.what` or `.remedy`."""
    part, _, name = problem.rpartition(".")
    return f"{part}.errors.{name}" if part else f"errors.{name}"


def _filled(lang: str, error: DataError, kind: str) -> str:
    given = {"file": error.file, "found": _short(error.found), **error.place, **error.details}
    return _with_values(lang, error.problem, kind, given)


def _with_values(lang: str, problem: str, kind: str, given: Mapping[str, object]) -> str:
    key = f"{message_key(problem)}.{kind}"
    names = (name for _, name, _, _ in Formatter().parse(messages(lang)[key]) if name)
    return t(lang, key, **{name: given.get(name, NOT_GIVEN) for name in names})


def _short(found: object) -> str:
    if found is None:
        return NOT_GIVEN
    text = " ".join(str(found).split())
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"

"""The one error that bad data raises: what is wrong, where, and how to put it right."""

from __future__ import annotations


class DataError(Exception):
    """
    Data, a rule file or an uploaded file that cannot be accepted.

    Parameters
    ----------
    problem
        Key of the message, `errors.<problem>` in `lib/text/*/errors.toml`; each has a `what` and a `remedy`.
    file
        File name as the reader knows it, without the folder.
    line, sheet, column, field, feature
        Where in the file, as far as it applies. Lines and features count from 1, a CSV header is line 1.
    found
        The offending value, shown as text.
    details
        Further placeholders of the message.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str,
        line: int | None = None,
        sheet: str | None = None,
        column: str | None = None,
        field: str | None = None,
        feature: str | None = None,
        found: object = None,
        **details: object,
    ) -> None:
        self.problem = problem
        self.file = file
        self.place = {
            key: value
            for key, value in (
                ("line", line),
                ("sheet", sheet),
                ("column", column),
                ("field", field),
                ("feature", feature),
            )
            if value is not None
        }
        self.found = found
        self.details = details
        super().__init__(str(self))

    def __str__(self) -> str:
        """The parts in English, for the log."""
        place = ", ".join(f"{key} {value}" for key, value in self.place.items())
        found = "" if self.found is None else f"; found {self.found!r}"
        more = "".join(f"; {key}={value!r}" for key, value in self.details.items())
        return f"{self.problem}: {self.file}{', ' if place else ''}{place}{found}{more}"


class Refusal(Exception):
    """
    Something that cannot be done now, or not by this person; nothing was changed.

    Parameters
    ----------
    problem
        Key of the message like that of `DataError`: each has a `what` and a `remedy`.
    details
        Placeholders of the message.
    """

    def __init__(self, problem: str, **details: object) -> None:
        self.problem = problem
        self.details = details
        super().__init__(f"{problem} {details}" if details else problem)


class Unavailable(Refusal):
    """The database does not answer, is full or may not be written: another try may succeed later."""

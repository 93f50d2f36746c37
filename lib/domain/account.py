"""Who acts, and what their role lets them write."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each may also do what stands before it."""

    READER = "reader"
    INSPECTOR = "inspector"
    STEWARD = "steward"


INSPECTOR_TOPICS = frozenset({"environment", "record"})
"""Topics of attributes that an inspector may write: environment, and inspections with incidents."""


@dataclass(frozen=True, slots=True)
class Account:
    """
    A person with a name to sign by. `communes` (codes with their structure) confine an inspector's writing;
    empty means the whole province. `session_version` grows when all open sessions are to end.
    """

    name: str
    full_name: str
    role: Role
    communes: tuple[str, ...] = ()
    is_active: bool = True
    session_version: int = 1

    @property
    def is_steward(self) -> bool:
        return self.is_active and self.role is Role.STEWARD

    def may_report(self) -> bool:
        """Whether this account may say that a figure is wrong."""
        return self.is_active

    def may_write(self, topic: str, communes: Collection[str] = ()) -> bool:
        """
        Whether this account may write about `topic` of a subject that lies in `communes`.

        A subject whose communes are not known lies outside every confined account's area.
        """
        if not self.is_active or self.role is Role.READER:
            return False
        if self.role is Role.STEWARD:
            return True
        inside = not self.communes or bool(set(self.communes) & set(communes))
        return topic in INSPECTOR_TOPICS and inside


RELEASE = Account("release", "bản phát hành", Role.STEWARD)
"""Signs what the shipped release brings."""

SERVER = Account("server", "quản trị máy chủ", Role.STEWARD)
"""Signs what whoever starts the server brings: the folder laid over the shipped data."""

RESERVED_NAMES = frozenset({RELEASE.name, SERVER.name})
"""Names no account of a person may take."""

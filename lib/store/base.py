"""What every store answers, whatever keeps the records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

import pandas as pd

from lib.domain.observation import Attribute, Evidence, Observation, Source
from lib.domain.places import Boundary, Cluster, Commune, PlanTask


class Store(Protocol):
    """
    The records, read only.

    What is returned is shared between callers and must not be changed in place.
    """

    @property
    def version(self) -> str:
        """Changes whenever any answer may change: the key of caches."""
        ...

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """All clusters ever known, those removed from the plan as well."""
        ...

    @property
    def communes(self) -> Mapping[str, Commune]:
        """Communes of all structures, by code with structure."""
        ...

    @property
    def commune_changes(self) -> tuple[tuple[str, str, bool], ...]:
        """(old code, new code, whether the old one was divided)."""
        ...

    @property
    def attributes(self) -> Mapping[str, Attribute]: ...

    @property
    def sources(self) -> Mapping[str, Source]: ...

    @property
    def value_labels(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """Words for coded values by (attribute, value), then by language."""
        ...

    @property
    def plan_tasks(self) -> tuple[PlanTask, ...]: ...

    @property
    def facts_trace(self) -> pd.DataFrame:
        """What became of each collected fact; all columns are text."""
        ...

    @property
    def catalog(self) -> Mapping[str, Any]:
        """The record of every data file: producer, link, licence, whether official or derived."""
        ...

    def evidence(self, as_of: date, known_on: date) -> Evidence:
        """What stands as of a day, as known on a day."""
        ...

    def history(self, subject: str, known_on: date) -> tuple[Observation, ...]:
        """All statements about a subject known on a day and not withdrawn by then, the oldest first."""
        ...

    def boundaries(self, as_of: date, horizon: str = "") -> dict[str, Boundary]:
        """The best boundary of each cluster that has one, by cluster code."""
        ...

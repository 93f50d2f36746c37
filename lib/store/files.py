"""A store that reads the shipped files once and keeps them in memory."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from lib.domain.errors import DataError
from lib.domain.observation import Attribute, Evidence, Observation
from lib.domain.places import Accuracy, Boundary
from lib.store import tables
from lib.store.base import Store
from lib.store.csv_rows import Row, read_rows
from lib.store.select import Choice, known, order_of, select

SHIPPED = Path(__file__).resolve().parents[2] / "data"
OVERLAID = ("clusters", "sources", "observations")
"""Tables that a folder laid over the shipped one may add rows to."""

CATALOG = "catalog.toml"
KEPT_EVIDENCE = 16
_ACCURACY = {accuracy: rank for rank, accuracy in enumerate(Accuracy)}


class FileStore:
    """
    The shipped tables, rows added by an overlay, and boundaries that were already read.

    Build it with `open_store`. Safe to share between threads: nothing changes after it is built.
    """

    def __init__(
        self,
        data: Path,
        overlay: Path | None = None,
        boundaries: Sequence[Boundary] = (),
        choices: Sequence[Choice] = (),
    ) -> None:
        rows = {name: _rows(name, data, overlay) for name in tables.COLUMNS}
        self.attributes, self.subject_kinds = tables.attributes(rows["attributes"])
        self.sources = tables.sources(rows["sources"])
        self.communes = tables.communes(rows["communes"])
        self.commune_changes = tables.commune_changes(rows["commune_changes"], self.communes)
        self.value_labels = tables.value_labels(rows["value_labels"], self.attributes)
        self.plan_tasks = tables.plan_tasks(rows["plan_tasks"], self.sources)
        codes = frozenset(tables.cluster_codes(rows["clusters"]))
        self.observations = tables.observations(
            rows["observations"],
            tables.Catalogue(self.attributes, self.subject_kinds, self.sources, codes, self.communes.keys()),
        )
        self._about: dict[str, list[Observation]] = defaultdict(list)
        for item in self.observations:
            self._about[item.subject].append(item)
        self.clusters = tables.clusters(
            rows["clusters"], communes_by_preference(known(self.observations, date.max), self.attributes)
        )
        self.facts_trace = pd.DataFrame(
            [row.cells for row in rows["facts_trace"]], columns=list(tables.COLUMNS["facts_trace"]), dtype=str
        )
        self.catalog = _catalog(data / CATALOG)
        self._boundaries = tuple(boundaries)
        self.version = _version(data, overlay, self._boundaries)

        def selected(as_of: date, known_on: date) -> Evidence:
            return select(self.observations, self.attributes, as_of, known_on, choices)

        self._evidence = lru_cache(maxsize=KEPT_EVIDENCE)(selected)

    @property
    def all_boundaries(self) -> tuple[Boundary, ...]:
        """Every boundary handed over, of whatever day and horizon."""
        return self._boundaries

    def evidence(self, as_of: date, known_on: date) -> Evidence:
        return self._evidence(as_of, known_on)

    def history(self, subject: str, known_on: date) -> tuple[Observation, ...]:
        return tuple(sorted(known(self._about.get(subject, ()), known_on), key=by_time))

    def boundaries(self, as_of: date, horizon: str = "") -> dict[str, Boundary]:
        return best_boundaries(self._boundaries, as_of, horizon)


def best_boundaries(found: Iterable[Boundary], as_of: date, horizon: str = "") -> dict[str, Boundary]:
    """
    The best boundary of each cluster valid on the day, by cluster code.

    Only boundaries of `horizon`, or that name none, count; every one does when `horizon` is empty. The
    best accuracy class wins, then the one made for this very horizon, the smaller error, the newer.
    """
    best: dict[str, Boundary] = {}
    for boundary in sorted(found, key=lambda item: _preference(item, horizon)):
        if _is_valid(boundary, as_of) and (not horizon or boundary.horizon in ("", horizon)):
            best.setdefault(boundary.cluster, boundary)
    return dict(sorted(best.items()))


def communes_by_preference(
    believed: Iterable[Observation], attributes: Mapping[str, Attribute]
) -> Callable[[str, str], tuple[str, ...]]:
    """The communes ever named for a cluster by statements still believed, the preferred one first."""
    found: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for item in believed:
        if item.attribute in tables.COMMUNE_ATTRIBUTES:
            found[item.subject, item.attribute].append(item)

    def communes_of(code: str, attribute: str) -> tuple[str, ...]:
        items = found.get((code, attribute), [])
        if not items:
            return ()
        ordered = sorted(items, key=order_of(attributes[attribute]))
        return tuple(dict.fromkeys(str(item.value) for item in ordered))

    return communes_of


def open_store(
    data: Path = SHIPPED,
    overlay: Path | None = None,
    boundaries: Sequence[Boundary] = (),
    choices: Sequence[Choice] = (),
) -> Store:
    """
    Read and check all records.

    Parameters
    ----------
    data
        The shipped folder, with `tables/` and `catalog.toml`.
    overlay
        A folder laid over it, whose `clusters.csv`, `sources.csv` and `observations.csv` (any may be absent)
        add rows. Its boundary files are read by `lib.imports.boundaries` and passed as `boundaries`.

    Raises
    ------
    DataError
        At the first file, row or cell that cannot be accepted.
    """
    if overlay is not None and not overlay.is_dir():
        raise DataError("no_folder", file=overlay.name, found=overlay.name)
    return FileStore(data, overlay, boundaries, choices)


def boundary_files(overlay: Path | None) -> tuple[Path, ...]:
    """The boundary files of an overlay, `*.geojson` at its top and in `boundaries/`, by name."""
    if overlay is None:
        return ()
    return tuple(sorted([*overlay.glob("*.geojson"), *(overlay / "boundaries").glob("*.geojson")]))


def fingerprint(data: Path = SHIPPED, overlay: Path | None = None) -> str:
    """A cheap key of the files' names, sizes and times of change: tells when to read them again."""
    files = [*_table_files(data, overlay), *boundary_files(overlay)]
    stamps = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()[:16]


def _rows(name: str, data: Path, overlay: Path | None) -> list[Row]:
    file = f"{name}.csv"
    rows = read_rows(data / "tables" / file, tables.COLUMNS[name])
    added = overlay / file if overlay is not None and name in OVERLAID else None
    if added is not None and overlay is not None and added.is_file():
        rows += read_rows(added, tables.COLUMNS[name], file=f"{overlay.name}/{file}")
    return rows


def _table_files(data: Path, overlay: Path | None) -> list[Path]:
    files = [data / "tables" / f"{name}.csv" for name in tables.COLUMNS] + [data / CATALOG]
    if overlay is not None:
        files += [overlay / f"{name}.csv" for name in OVERLAID]
    return [path for path in files if path.is_file()]


def _version(data: Path, overlay: Path | None, boundaries: Iterable[Boundary]) -> str:
    digest = hashlib.sha256()
    for path in _table_files(data, overlay):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for item in boundaries:
        facts = (
            item.cluster, item.accuracy.value, item.error_m, item.source, item.file, item.horizon,
            item.valid_from, item.valid_to,
        )
        digest.update(repr(facts).encode() + item.shape.wkb)
    return digest.hexdigest()[:16]


def _catalog(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DataError("no_file", file=path.name) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError("bad_encoding", file=path.name, line=line) from None
    except tomllib.TOMLDecodeError as error:
        raise DataError("bad_toml", file=path.name, found=str(error)) from None


def by_time(item: Observation) -> tuple[date, date, str, str]:
    return (item.valid_latest, item.valid_earliest or date.min, item.attribute, item.id)


def _is_valid(boundary: Boundary, day: date) -> bool:
    """Half-open: the first day counts, `valid_to` is the first day it is no longer valid."""
    return (boundary.valid_from is None or boundary.valid_from <= day) and (
        boundary.valid_to is None or day < boundary.valid_to
    )


def _preference(boundary: Boundary, horizon: str) -> tuple[object, ...]:
    newest = -boundary.valid_from.toordinal() if boundary.valid_from else 0
    return (
        _ACCURACY[boundary.accuracy], boundary.horizon != horizon, boundary.error_m, newest, boundary.file,
        boundary.source,
    )

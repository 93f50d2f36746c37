"""What the pages read, loaded once and shared by all readers: immutable, by date."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from lib.assess import tests as rule_tests
from lib.assess.evaluate import assess
from lib.assess.profile import cluster_profiles
from lib.assess.publication import STATUS, is_public, public_part
from lib.domain.finding import Finding
from lib.domain.observation import Evidence, Observation
from lib.domain.places import Boundary, Cluster
from lib.domain.rulebook import RuleBook
from lib.imports.boundaries import read_overlay
from lib.render.map_data import positions
from lib.store.base import Store
from lib.store.database import Database, default_url, open_database
from lib.store.files import SHIPPED, fingerprint, open_store
from lib.store.rulebook import read_rulebook
from lib.store.sql import SqlStore, open_evidence
from lib.ui.settings import ROOT, settings


@dataclass(frozen=True)
class View:
    """All that is shown as of a day, as known on a day. Nothing in it may be changed in place."""

    evidence: Evidence
    findings: Mapping[str, tuple[Finding, ...]]
    profiles: pd.DataFrame
    boundaries: Mapping[str, Boundary]


_HORIZON = {"sau": "after_2030"}
"""Horizons as boundaries name them, where the address has another word."""


VAR = ROOT / "var"
"""What the program keeps on this machine: the database file and the logs."""

_LOOK_EVERY_S = 1.0
_looked: list[tuple[float, str]] = []


def _files_stamp() -> str:
    """
    Changes when a file of the data, its rules or the folder over it does, so that a corrected limit shows.

    The files are looked at once a second at most, since one page asks hundreds of times.
    """
    now = time.monotonic()
    if not _looked or now - _looked[0][0] > _LOOK_EVERY_S:
        rules = [(path.name, path.stat().st_mtime_ns) for path in sorted((SHIPPED / "rules").glob("*.toml"))]
        _looked[:] = [(now, f"{fingerprint(SHIPPED, settings().data_folder)}{hash(tuple(rules))}")]
    return _looked[0][1]


@st.cache_resource(show_spinner=False)
def _database(address: str) -> Database:
    return open_database(address)


def database() -> Database:
    """The database of this server: the one that is set, else a SQLite file in `var/`."""
    return _database(default_url(VAR))


@st.cache_resource(show_spinner=False, max_entries=2)
def _store(address: str, stamp: str) -> SqlStore:
    del stamp
    folder = settings().data_folder
    if folder is None:
        return open_evidence(_database(address), SHIPPED, patience_s=_LOOK_EVERY_S)
    codes = [cluster.code for cluster in open_store(SHIPPED, overlay=folder).clusters]
    shapes = read_overlay(folder, codes)
    return open_evidence(_database(address), SHIPPED, folder, shapes, patience_s=_LOOK_EVERY_S)


def store() -> SqlStore:
    """The evidence store: the database, with the shipped data and the administrator's folder brought in."""
    return _store(default_url(VAR), _files_stamp())


def refresh() -> None:
    """After a write: whoever reads next sees it."""
    store().look_again()


def _stamp() -> str:
    """Changes when anything that pages show may have changed."""
    return f"{default_url(VAR)}{_files_stamp()}{store().version}"


@st.cache_resource(show_spinner=False, max_entries=2)
def _rulebook(stamp: str) -> RuleBook:
    del stamp
    return read_rulebook(SHIPPED / "rules", tests=rule_tests.TESTS, attributes=store().attributes)


def rulebook() -> RuleBook:
    """The rules, levels, bodies and deadlines."""
    return _rulebook(_files_stamp())


def boundaries(as_of: date, horizon: str) -> Mapping[str, Boundary]:
    """The best real boundary of each cluster on the day and the horizon ("2020", "2030", "sau")."""
    return store().boundaries(as_of, _HORIZON.get(horizon, horizon))


@st.cache_resource(show_spinner=False)
def basemap() -> dict[str, Any]:
    """The small offline base map, GeoJSON in EPSG:4326."""
    found: dict[str, Any] = json.loads((SHIPPED / "layers" / "basemap.geojson").read_text("utf-8"))
    return found


def _as_known(kept: Store, cluster: Cluster, known_on: date) -> Cluster:
    """
    The cluster with the communes that were known on the day.

    Not cut at the as-of date: the communes of today hold from 1/7/2025, and an earlier day would lose
    the place.
    """
    said = {(one.attribute, one.value) for one in kept.history(cluster.code, known_on)}
    return replace(
        cluster,
        communes_now=tuple(code for code in cluster.communes_now if ("commune_now", code) in said),
        communes_then=tuple(code for code in cluster.communes_then if ("commune_then", code) in said),
    )


@st.cache_resource(show_spinner=False, max_entries=24)
def _view(stamp: str, as_of: date, known_on: date, public_only: bool) -> View:
    del stamp
    kept, book = store(), rulebook()
    evidence = kept.evidence(as_of, known_on)
    if public_only:
        evidence = public_part(evidence)
    clusters = [_as_known(kept, cluster, known_on) for cluster in kept.clusters]
    codes = [cluster.code for cluster in clusters]
    findings: dict[str, list[Finding]] = {code: [] for code in codes}
    for finding in assess(codes, evidence, book):
        findings[finding.subject].append(finding)
    grouped = {code: tuple(found) for code, found in findings.items()}
    profiles = cluster_profiles(clusters, evidence, grouped, book)
    placed = profiles.merge(positions(clusters, kept.communes), how="left", on="code")
    return View(evidence, grouped, placed, kept.boundaries(as_of, "2030", known_on))


def view(as_of: date, known_on: date, *, public_only: bool = False) -> View:
    """Evidence, findings and one row a cluster (with its place on the map), for every page alike."""
    return _view(_stamp(), as_of, known_on, public_only)


def history(code: str, as_of: date, known_on: date, *, public_only: bool = False) -> tuple[Observation, ...]:
    """All statements about a cluster that were known on a day; those that the public may see, or all."""
    found = store().history(code, known_on)
    if not public_only:
        return found
    status = view(as_of, known_on).evidence.get(code, STATUS).value
    attributes = store().attributes
    return tuple(one for one in found if is_public(attributes[one.attribute], status))

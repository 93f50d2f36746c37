"""
The tables of the evidence store, the same on SQLite and PostgreSQL.

The tables in `APPEND_ONLY` keep every row as it was written: triggers of the first migration refuse to change
or delete one. Two columns of `observation` are not statements but an index that the store keeps, and may
change: `known_to`, the day from which the record is no longer believed, and `order_key`, its rank among the
records of one subject and attribute (the smallest is preferred).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import UserDefinedType

metadata = MetaData()

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A row number that grows: SQLite numbers rows only in a column declared INTEGER."""


class Geometry(UserDefinedType[bytes]):
    """
    A shape as WKB, EPSG:4326: a PostGIS geometry that QGIS reads, or a blob in SQLite.

    PostGIS converts at the border of the statement, so that the code sees WKB on both.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "geometry(Geometry,4326)"

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:
        return func.ST_GeomFromWKB(bindvalue, 4326, type_=self)

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        return func.ST_AsBinary(column, type_=LargeBinary())


Key: Any = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared byte by byte, as Python compares it, whatever language the server speaks."""

Shape: Any = LargeBinary().with_variant(Geometry(), "postgresql")

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

batch = Table(
    "batch",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    Column("undoes", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
)

cluster = Table(
    "cluster",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("aliases", Text, nullable=False, server_default=""),
    Column("batch", Text, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("key", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("publisher", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False, server_default=""),
    Column("document_number", Text, nullable=False, server_default=""),
    Column("published_on", Date),
    Column("date_as_written", Text, nullable=False, server_default=""),
    Column("copy_of", Text, nullable=False, server_default=""),
    Column("batch", Text, nullable=False),
)

observation = Table(
    "observation",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("low_open", Boolean, nullable=False),
    Column("high_open", Boolean, nullable=False),
    Column("word", Text),
    Column("day_earliest", Date),
    Column("day_latest", Date),
    Column("as_written", Text, nullable=False),
    Column("valid_earliest", Date),
    Column("valid_latest", Date, nullable=False),
    Column("published_on", Date),
    Column("recorded_at", DateTime, nullable=False),
    Column("known_from", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_kind", Text, nullable=False),
    Column("reading_confidence", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("supersedes", Text, nullable=False),
    Column("retracts", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("order_key", Key, nullable=False),
    Column("known_to", Date),
    Index(
        "observation_order", "subject", "attribute", "order_key", "valid_latest", "known_from", "known_to"
    ),
    Index("observation_batch", "batch"),
    sqlite_autoincrement=True,
)

unbelieved = Table(
    "unbelieved",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    Column("from_day", Date, primary_key=True),
    Column("to_day", Date, nullable=False),
)
"""Days (half-open) on which a record, withdrawn for a time and restored, was not believed."""

current = Table(
    "current_state",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("attribute", Text, primary_key=True),
    Column("seq", BigInteger),
    Column("until", Date),
)
"""
The record that stands now for each subject and attribute, kept by every write.

`until` is the first day on which another one may stand because it is then certainly true; None if there is
none. From that day on the row is reckoned anew.
"""

choice = Table(
    "choice",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("observation", Text, nullable=False),
    Column("chosen_at", DateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Index("choice_subject", "subject", "attribute"),
)
"""An empty `observation` takes an earlier choice back."""

boundary = Table(
    "boundary",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("cluster", Text, nullable=False),
    Column("horizon", Text, nullable=False),
    Column("shape", Shape),
    Column("accuracy", Text, nullable=False),
    Column("error_m", Double, nullable=False),
    Column("area_ha", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("recorded_at", DateTime, nullable=False),
    Column("batch", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("retracts", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Index("boundary_cluster", "cluster"),
)
"""A row that retracts another has no shape and states nothing itself."""

audit = Table(
    "audit",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("attribute", Text, nullable=False, server_default=""),
    Column("old", Text, nullable=False, server_default=""),
    Column("new", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("batch", Text, nullable=False, server_default=""),
    Column("door", Text, nullable=False, server_default=""),
    Index("audit_subject", "subject", "attribute"),
)

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("communes", Text, nullable=False, server_default=""),
    Column("password", Text, nullable=False, server_default=""),
    Column("is_active", Boolean, nullable=False),
    Column("session_version", Integer, nullable=False),
    Column("created_at", DateTime, nullable=False),
)
"""`password` is an argon2 hash; empty for one who signs in through a proxy or an identity provider."""

draft = Table(
    "draft",
    metadata,
    Column("account", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("saved_at", DateTime, nullable=False),
)

question = Table(
    "question",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("observation", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False),
    Column("asked_at", DateTime, nullable=False),
    Column("author", Text, nullable=False),
    Index("question_subject", "subject", "attribute"),
)
"""Somebody says that a figure is wrong."""

answer = Table(
    "answer",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("question", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("answered_at", DateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("batch", Text, nullable=False, server_default=""),
    Index("answer_question", "question"),
)
"""What a steward answered; `verdict` is corrected, kept or unclear. The last one counts."""

APPEND_ONLY = ("batch", "choice", "boundary", "audit", "question", "answer", "observation")

"""The schema brought up to date, one migration after the other, all or nothing."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from lib.domain.errors import Refusal
from lib.store.database import Database

_FOLDER = Path(__file__).with_name("migrations")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _FOLDER.as_posix().replace("%", "%%"))
    return config


def newest_version() -> str:
    """The version of the schema that this code works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def schema_version(database: Database) -> str:
    """The version of the schema in the database; empty when it has none."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def migrate(database: Database) -> None:
    """
    Make the schema, or bring an older one up to date; what people entered stays.

    Raises
    ------
    Refusal
        "store.newer_schema" if a newer program made the database, "store.no_postgis" if the server lacks
        PostGIS and this account may not install it.
    """
    found = schema_version(database)
    if found == newest_version():
        return
    known = {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found and found not in known:
        raise Refusal("store.newer_schema", found=found)
    if not database.is_sqlite:
        _need_postgis(database)
    with database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _need_postgis(database: Database) -> None:
    try:
        with database.write() as connection:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    except DBAPIError as error:
        raise Refusal("store.no_postgis") from error

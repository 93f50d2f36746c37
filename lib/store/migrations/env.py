"""Alembic's way in: the connection comes from `lib.store.migrate`, which owns the transaction."""

from alembic import context

from lib.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

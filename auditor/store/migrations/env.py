"""Alembic runs this: the migrations use the connection, and the transaction, of whoever asked for them."""

from alembic import context

from auditor.store.schema import VERSION_TABLE
from auditor.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite cannot alter a column: the table is copied
)
with context.begin_transaction():
    context.run_migrations()

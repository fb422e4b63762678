"""Every migration goes up, down and up again on both engines; the schema that results is the one the code describes."""

import importlib
import pkgutil

import pytest
from alembic import autogenerate
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import app
from app import schema
from app.db import Base, Database
from app.values.errors import Refused

for _module in pkgutil.walk_packages(app.__path__, "app."):
    if _module.name.endswith(".tables"):
        importlib.import_module(_module.name)


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert autogenerate.compare_metadata(context, Base.metadata) == []


def test_every_migration_goes_down_and_up_again(database: Database) -> None:
    for revision in ("0007", "0006", "0005", "0004", "0003", "0002", "0001", "base"):
        schema.downgrade(database, revision)
        assert schema.current(database) == (None if revision == "base" else revision)
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(database)
    assert schema.current(database) == schema.pinned_head()


def test_a_database_of_another_version_is_refused_with_the_command_to_run(database: Database) -> None:
    schema.downgrade(database, "0004")
    with pytest.raises(Refused, match="flask db upgrade"):
        schema.require_head(database)

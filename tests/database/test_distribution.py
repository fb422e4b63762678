"""The rules that let the contact tables move to several machines one day."""

import importlib
import pkgutil

import pytest
from sqlalchemy import Table, UniqueConstraint

import app
from app.db import Base

for _module in pkgutil.walk_packages(app.__path__, "app."):
    if _module.name.endswith(".tables"):
        importlib.import_module(_module.name)

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
KINDS = {"id", "contact_id", "reference", "local"}


def spread(table: Table) -> str:
    return str(table.info.get("distribution", ""))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_says_how_it_is_spread(table: Table) -> None:
    assert spread(table) in KINDS


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_and_unique_constraints_hold_the_column_that_a_table_is_spread_by(table: Table) -> None:
    if spread(table) not in {"id", "contact_id"}:
        return
    uniques = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
    for constraint in (table.primary_key, *uniques):
        assert spread(table) in {column.name for column in constraint.columns}, constraint
    assert not any(index.unique for index in table.indexes if spread(table) not in index.columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_references_stay_where_every_machine_can_check_them(table: Table) -> None:
    allowed = {
        "id": {"reference"},
        "contact_id": {"reference", "id"},
        "reference": {"reference"},
        "local": {"reference", "local"},
    }[spread(table)]
    for key in table.foreign_keys:
        assert spread(key.column.table) in allowed, f"{table.name} points at {key.column.table.name}"
        if spread(key.column.table) == "id":
            assert key.parent.name == "contact_id"

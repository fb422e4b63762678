"""Requests of a city's 3-1-1 centre, in the three forms that its files have had."""

from pathlib import Path

import pytest

from app.config import Settings
from app.db import Database
from app.reasons import queries as reasons
from tests.intake_builders import contacts, counts, import_rows, make_settings

HEADER = ("creation_date", "ward", "call_description", "call_type", "maintenance_yard", "priority_name")
OF_A_YEAR = ("File", *HEADER)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


def test_requests_of_a_year_with_the_file_that_each_came_from(database: Database, settings: Settings) -> None:
    rows = [
        ("OctSR.csv", "2013-10-01T00:05:40Z", "RIDEAU", "Noise", "Bylaw Services", "Priority - 2", "CC PHONE"),
        ("OctSR.csv", "2013-10-01T00:05:40Z", "RIDEAU", "Noise", "Bylaw Services", "Priority - 2", "CC PHONE"),
        ("OctSR.csv", "2013-10-02T10:00:00Z", "", "", "Health", "", "CC PHONE"),
    ]
    batch = import_rows(database, settings, rows, header=OF_A_YEAR)
    assert (batch.format, counts(batch)) == ("311", {"read": 3, "new": 3})
    with database.reading() as session:
        tree = reasons.tree(session)
    assert [tree.text(row["reason_id"]) for row in contacts(database)] == [
        "Bylaw Services > Noise",
        "Bylaw Services > Noise",
        "Health",
    ]
    assert {row["channel"] for row in contacts(database)} == {"phone"}
    renamed = [("NovSR.csv", *row[1:]) for row in rows]
    assert counts(import_rows(database, settings, renamed, header=OF_A_YEAR)) == {"read": 3, "unchanged": 3}


@pytest.mark.parametrize("time", ["2014-Apr-15 19:49:00", "4/15/2014 19:49", "2014-04-15T19:49:00Z"])
def test_each_form_of_time_is_the_same_moment(database: Database, settings: Settings, time: str) -> None:
    import_rows(database, settings, [(time, "WARD 14", "Care of Streets", "Bylaw", "", "CC PHONE")], header=HEADER)
    (contact,) = contacts(database)
    assert str(contact["occurred_at"]).startswith("2014-04-15 19:49:00")
    assert str(contact["day"]) == "2014-04-15"

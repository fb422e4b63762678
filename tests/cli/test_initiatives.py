"""flask initiatives: what people script against."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from app.db import Database
from tests.builders import make_reason
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
GO_LIVE = date(2026, 8, 3)


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def company(database_of_app: Database) -> None:
    """An idea, and a live initiative that takes 30 of 100 calls a day away where 40 were promised, at $6."""

    def make(session: Any) -> None:
        reason, other = make_reason(session, "Where is my label?"), make_reason(session, "Bills")
        make_rate(session)
        make_totals(session, reason.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 70))
        make_totals(session, other.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 100))
        make_initiative(session, name="An idea")
        live = make_initiative(session, name="Label", reasons=(reason,), stage="live", go_live_on=GO_LIVE)
        make_projection(session, live, share_likely_bp=4000, share_high_bp=4000, frozen_at=NOW, frozen_by="Dana")

    database_of_app.write(make)


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["initiatives", *words])


@pytest.mark.usefixtures("company")
def test_all_initiatives_as_one_json_object_the_largest_first(app: Flask) -> None:
    answer = run(app, "list", "--json")
    first, second = json.loads(answer.stdout)["initiatives"]
    assert (first["code"], first["stage"], first["reasons"]) == ("INI-02", "live", ["Where is my label?"])
    assert first["projected"]["likely"] == {
        "contacts_a_year": 14_600,
        "saving_a_year_minor": 8_760_000,
        "net_a_year_minor": 8_760_000,
    }
    realised = first["realised"]
    assert (realised["avoided"], realised["saving_minor"], realised["is_indicative"]) == (1_260, 756_000, True)
    assert (realised["contacts_a_year"], realised["saving_a_year_minor"]) == (10_950, 6_570_000)
    assert (first["forecast"], first["validated"]) == (None, None)
    assert (second["projected"], second["realised"]) == (None, None)


@pytest.mark.usefixtures("company")
def test_one_initiative_with_its_history(app: Flask) -> None:
    found = json.loads(run(app, "show", "2", "--json").stdout)
    assert (found["go_live_on"], found["projected"]["frozen_by"]) == ("2026-08-03", "Dana")
    assert [step["stage"] for step in found["history"]] == ["live"]
    plain = run(app, "show", "2").stdout.replace("\u00a0", " ")
    assert "realised: 10,950 contacts, $65,700 a year, indicative" in plain


@pytest.mark.usefixtures("company")
def test_the_plain_list_is_a_line_an_initiative(app: Flask) -> None:
    assert run(app, "list").stdout.splitlines() == [
        "INI-02  Live and measuring  Label",
        "INI-01  Idea                An idea",
    ]


def test_one_that_is_not_there_ends_with_status_1_and_a_sentence(app: Flask) -> None:
    answer = run(app, "show", "7", "--json")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "There is no initiative INI-07." in answer.stderr

"""Nine files of a city's contact centre, taken in as they are and counted a second time by the standard library."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, schema
from app.config import read_settings
from app.db import Database
from tests.builders import make_user
from tests.conftest import ENGINES, fresh_address
from tests.journeys import ottawa
from tests.web.forms import filled
from tests.web.pages import read

Command = Callable[..., dict[str, Any]]
NOW = datetime(2014, 9, 1, 9, tzinfo=UTC)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
GO_LIVE = date(2014, 5, 1)
NOISE = ("Bylaw Services", "Noise")
YEAR_BEFORE = timedelta(days=364)


@pytest.fixture(scope="module")
def contacts(data_sets: Path) -> Counter[ottawa.Row]:
    """All contacts as the standard library reads them."""
    return ottawa.contacts(data_sets)


@pytest.fixture(scope="module", params=ENGINES)
def imported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, data_sets: Path
) -> Iterator[tuple[Flask, list[dict[str, Any]]]]:
    """An installation on SQLite, then one on PostgreSQL, with all nine files; and what each import answered."""
    folder = tmp_path_factory.mktemp("city")
    address = fresh_address(request, folder)
    settings = {"TRACKER_INSTANCE": str(folder), "DATABASE_URL": address, "SECRET_KEY": "for tests only"}
    app = create_app(read_settings(settings))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    schema.upgrade(app.extensions["database"])
    yield app, take_in(app, data_sets)
    app.extensions["database"].close()


@pytest.fixture
def city(imported: tuple[Flask, list[dict[str, Any]]]) -> Flask:
    """The application."""
    return imported[0]


@pytest.fixture(autouse=True)
def after_the_last_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the application it is the day after the last contact."""
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def command(city: Flask) -> Command:
    """Run a command and read its JSON."""

    return partial(run, city)


def run(app: Flask, *words: str) -> dict[str, Any]:
    """The JSON that a command answers."""
    result = app.test_cli_runner().invoke(args=[*words, "--json"])
    assert result.exit_code == 0, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def take_in(app: Flask, folder: Path) -> list[dict[str, Any]]:
    """Import all nine files in order; every answer must balance."""
    answers = []
    for name in ottawa.FILES:
        answer = run(app, "contacts", "import", str(ottawa.path_of(folder, name)), "--source", "City of Ottawa")
        parts = ("new", "updated", "unchanged", "rejected", "ignored")
        assert answer["read"] == ottawa.ROWS[name] == sum(answer[part] for part in parts), answer
        assert (answer["format"], answer["updated"], answer["rejected"], answer["ignored"]) == ("311", 0, 0, 0), answer
        answers.append(answer)
    return answers


def test_nine_files_become_every_contact_once(
    imported: tuple[Flask, list[dict[str, Any]]], contacts: Counter[ottawa.Row]
) -> None:
    _, answers = imported
    assert sum(answer["read"] for answer in answers) == 318_086
    assert sum(answer["new"] for answer in answers) == 315_800 == contacts.total()
    assert {name: answer["unchanged"] for name, answer in zip(ottawa.FILES, answers, strict=True)} == {
        **dict.fromkeys(ottawa.FILES, 0),
        "AugSR-2014": 2_286,
    }


def test_the_same_files_again_bring_nothing_new(city: Flask, data_sets: Path) -> None:
    again = take_in(city, data_sets)
    assert [(answer["new"], answer["updated"]) for answer in again] == [(0, 0)] * 9
    assert sum(answer["unchanged"] for answer in again) == 318_086


def test_the_ranking_of_a_year_equals_the_second_count_for_every_reason(
    command: Command, contacts: Counter[ottawa.Row]
) -> None:
    ranking = command("ranking", "show", "--from", "2013-01-01", "--to", "2014-01-01")
    ours = {reason["path"].casefold(): reason["contacts"] for reason in ranking["reasons"]}
    theirs = ottawa.by_path(contacts, date(2013, 1, 1), date(2014, 1, 1))
    assert ours == theirs
    assert ranking["contacts"] == ranking["tagged"] == sum(theirs.values()) == 190_898
    first = ranking["reasons"][0]
    assert (first["path"], first["contacts"]) == ("Roads Maintenance > Road Travelled Surface", 17_905)
    assert command("check")["differences"] == []


def test_a_fix_for_noise_is_measured_as_the_standard_library_works_it_out(
    city: Flask, command: Command, contacts: Counter[ottawa.Row]
) -> None:
    team, sponsor = _signed_in(city, "team", "lead", "admin"), _signed_in(city, "sponsor")
    rate = {"channel": "phone", "amount": "6.00", "basis": "contact", "valid_from": "2013-01-01", "stated_by": "test"}
    _sent(team, "/settings/rates", rate)
    ranking = command("ranking", "show", "--from", "2013-01-01", "--to", "2014-01-01")
    costs = {row["path"]: row["cost_minor"] for row in ranking["reasons"]}
    assert costs[" > ".join(NOISE)] == 600 * 12_312
    noise = _reason_id(city, NOISE)

    _sent(team, f"/initiatives/new?reason={noise}", filled(read(team.get(f"/initiatives/new?reason={noise}").text)))
    terms = {"share_low_bp": "5", "share_likely_bp": "10", "share_high_bp": "15", "starts_on": GO_LIVE.isoformat()}
    _sent(
        team,
        "/initiatives/1/projection/new",
        terms | {"ramp_days": "0", "cost_to_do": "1000", "running_cost_year": "0"},
    )
    people = filled(read(team.get("/initiatives/1/edit").text)) | {"sponsor_id": "2"}
    _sent(team, "/initiatives/1/edit", people)
    _sent(sponsor, "/initiatives/1/stage", {"to": "approved", "seen": "sizing"})
    _sent(team, "/initiatives/1/stage", {"to": "progress", "seen": "approved"})
    _sent(team, "/initiatives/1/stage", {"to": "live", "seen": "progress", "go_live_on": GO_LIVE.isoformat()})

    observed, expected, used, dropped = by_hand(contacts)
    realised = command("initiatives", "show", "1")["realised"]
    assert (realised["days_used"], realised["days_dropped"]) == (used, dropped) == (121, 2)
    assert realised["observed"] == observed == 4_505
    assert realised["expected"] == round(float(expected), 2) == 4_903.28
    assert realised["saving_minor"] == round((expected - observed) * 600) == 238_971
    page = team.get("/initiatives/1").text.replace("\u00a0", " ")
    assert "398 contacts no longer came." in page


def by_hand(contacts: Counter[ottawa.Row]) -> tuple[int, Fraction, int, int]:
    """Observed and expected contacts since go-live, days used and dropped: the same days a year before, scaled."""
    noise, everything = ottawa.daily(contacts, NOISE), ottawa.daily(contacts)
    days = [GO_LIVE + timedelta(days=number) for number in range((date(2014, 9, 1) - GO_LIVE).days)]
    used = [day for day in days if day in everything and day - YEAR_BEFORE in everything]
    now = sum(noise.get(day, 0) for day in used)
    then = sum(noise.get(day - YEAR_BEFORE, 0) for day in used)
    others_now = sum(everything[day] for day in used) - now
    others_then = sum(everything[day - YEAR_BEFORE] for day in used) - then
    return now, Fraction(then * others_now, others_then), len(used), len(days) - len(used)


def _signed_in(app: Flask, *roles: str) -> FlaskClient:
    database: Database = app.extensions["database"]
    person = database.write(lambda session: make_user(session, roles=roles))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{person.id}:{person.session_version}"
        cookie["_fresh"] = True
    return client


def _sent(client: FlaskClient, path: str, data: dict[str, Any]) -> None:
    answer = client.post(path, data=data)
    assert answer.status_code in {302, 303}, read(answer.text).text


def _reason_id(app: Flask, levels: tuple[str, ...]) -> int:
    from app.reasons import queries

    database: Database = app.extensions["database"]
    with database.reading() as session:
        tree = queries.tree(session)
    (found,) = [node.id for node in tree.walk() if tree.path(node.id) == levels]
    return found

"""Initiatives as a person walks them: started from a reason, projected, approved, live, measured; nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import Database
from app.initiatives import actions, queries
from app.initiatives.queries import Known
from app.initiatives.tables import Initiative
from app.ledger import entry_queries
from tests.builders import TESTER, make_reason, make_user
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals
from tests.web.forms import filled
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
GO_LIVE = date(2026, 8, 3)
SignIn = Callable[..., FlaskClient]
TERMS = {
    "share_low_bp": "10",
    "share_likely_bp": "40 %",
    "share_high_bp": "50",
    "starts_on": "2026-08-03",
    "ramp_days": "0",
    "cost_to_do": "$2,000",
    "running_cost_year": "0",
}


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def reason_id(database_of_app: Database) -> int:
    """Where is my label: 100 calls a day a year ago, 70 since 3 August; all other reasons stayed at 100; $6 a call."""

    def make(session: Any) -> int:
        reason, other = make_reason(session, "Where is my label?"), make_reason(session, "Bills")
        make_rate(session)
        make_totals(session, reason.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 70))
        make_totals(session, other.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 100))
        return reason.id

    return database_of_app.write(make)


def initiative_of(database: Database) -> Known:
    with database.reading() as session:
        (found,) = queries.initiatives(session)
        return found


def text_of(answer: TestResponse) -> str:
    return read(answer.text).text.replace("\u00a0", " ")


def test_a_reason_becomes_an_initiative_that_saves_what_was_worked_out_by_hand(
    signed_in: SignIn, database_of_app: Database, reason_id: int
) -> None:
    team, sponsor = signed_in("team", name="Marta"), signed_in("sponsor", name="Dana")
    form = read(team.get(f"/initiatives/new?reason={reason_id}").text)
    assert "“Where is my label?” brought" in form.finding
    typed = filled(form)
    assert typed["name"] == "Fewer contacts about “Where is my label?”"
    started = team.post(f"/initiatives/new?reason={reason_id}", data=typed, follow_redirects=True)
    assert "INI-01 is started" in text_of(started)
    known = initiative_of(database_of_app)
    assert known.owner is not None
    assert (known.stage, set(known.plan.reason_ids), known.owner.name) == ("idea", {reason_id}, "Marta")

    team.post("/initiatives/1/projection/new", data=TERMS)
    team.post("/initiatives/1/edit", data=filled(read(team.get("/initiatives/1/edit").text)) | {"sponsor_id": "2"})
    sponsor.post("/initiatives/1/stage", data={"to": "approved", "seen": "sizing"})
    team.post("/initiatives/1/stage", data={"to": "progress", "seen": "approved"})
    live = {"to": "live", "seen": "progress", "go_live_on": "2026-08-03"}
    page = team.post("/initiatives/1/stage", data=live, follow_redirects=True)

    # 365 days to 13 Sep 2026 hold 42 x 70 calls of this year and 7 of the 100 a day of last year's 15 September: none.
    # 30 a day no longer come: 42 x 30 = 1,260; a year 10,950 at $6 = $65,700.
    words = text_of(page)
    assert "1,260 contacts no longer came." in words
    assert "$65,700 / yr" in words
    assert "The same days a year before brought 4,200" in words
    with database_of_app.reading() as session:
        assert [step.stage for step in queries.history(session, 1)] == [
            "idea",
            "sizing",
            "approved",
            "progress",
            "live",
        ]


def test_a_sponsor_approves_the_projection_that_they_saw_and_no_other(
    signed_in: SignIn, database_of_app: Database, reason_id: int
) -> None:
    team, sponsor = signed_in("team", name="Marta"), signed_in("sponsor", name="Dana")
    typed = filled(read(team.get(f"/initiatives/new?reason={reason_id}").text))
    team.post(f"/initiatives/new?reason={reason_id}", data=typed | {"sponsor_id": "2"})
    team.post("/initiatives/1/projection/new", data=TERMS)
    opened = {"to": "approved", "seen": "sizing", "projection": "1"}
    assert read(sponsor.get("/initiatives/1").text).one("input", name="projection").get("value") == "1"

    team.post("/initiatives/1/projection/new", data=TERMS | {"cost_to_do": "$900,000"})
    answer = sponsor.post("/initiatives/1/stage", data=opened)
    assert answer.status_code == 422
    assert "Marta wrote another projection of INI-01 down meanwhile. Nothing was approved" in text_of(answer)
    assert initiative_of(database_of_app).frozen is None

    sponsor.post("/initiatives/1/stage", data=opened | {"projection": "2"})
    known = initiative_of(database_of_app)
    assert known.frozen is not None
    assert (known.stage, known.frozen.number) == ("approved", 2)


def test_what_is_promised_stands_in_the_ledger_from_the_approval_on_and_no_longer_than_it_holds(
    signed_in: SignIn, database_of_app: Database
) -> None:
    def make(session: Session) -> int:
        make_rate(session)
        owner, sponsor = make_user(session, roles=("team",)), make_user(session, roles=("sponsor",))
        people: dict[str, Any] = {"owner_id": owner.id, "sponsor_id": sponsor.id}
        row = make_initiative(session, reasons=(make_reason(session, "Bills"),), stage="sizing", **people)
        make_projection(session, row, starts_on=date(2026, 10, 1))
        return row.id

    def booked() -> list[tuple[date, int]]:
        with database_of_app.reading() as session:
            stands = entry_queries.standing(session, kind="projected")
        return [(one.facts.month, one.facts.amount.amount_minor) for one in stands if one.facts.amount.amount_minor]

    initiative_id = database_of_app.write(make)
    sponsor = signed_in("sponsor")
    for _ in range(2):  # sent twice, it is booked once
        sponsor.post(f"/initiatives/{initiative_id}/stage", data={"to": "approved", "seen": "sizing"})
    # $120 a day in October, for 24 months in all
    assert (booked()[0], len(booked())) == ((date(2026, 10, 1), 372_000), 24)
    page = read(sponsor.get("/savings").text)
    assert "$3,720" in [cell.text.strip() for cell in page.all("td")]
    dropped = {"to": "dropped", "seen": "approved", "note": "The carrier does it."}
    assert sponsor.post(f"/initiatives/{initiative_id}/stage", data=dropped).status_code == 302
    assert booked() == []


def test_the_form_sent_twice_starts_one_initiative(
    signed_in: SignIn, database_of_app: Database, reason_id: int
) -> None:
    team = signed_in("team")
    typed = filled(read(team.get(f"/initiatives/new?reason={reason_id}").text))
    answers = [team.post(f"/initiatives/new?reason={reason_id}", data=typed) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/initiatives/1", "/initiatives/1"]
    initiative_of(database_of_app)


def test_a_reason_that_does_not_exist_is_said_to_be_missing(signed_in: SignIn) -> None:
    for wrong in ("98765", "none", "-1"):
        answer = signed_in("team").get(f"/initiatives/new?reason={wrong}")
        assert (answer.status_code, "no such reason" in answer.text) == (404, True)


def test_a_new_form_with_faults_keeps_what_was_typed(signed_in: SignIn, database_of_app: Database) -> None:
    typed = {"name": "", "description": "A label", "touchpoint": "packaging", "due_on": "soon", "key": "k"}
    answer = signed_in("team").post("/initiatives/new", data=typed | {"owner_id": "", "sponsor_id": ""})
    assert answer.status_code == 422
    assert "“soon” is no day. Write it like 2026-09-14." in text_of(answer)
    page = read(answer.text)
    assert page.one("textarea", name="description").text.strip() == "A label"
    assert page.one("input", name="due_on").get("value") == "soon"
    with database_of_app.reading() as session:
        assert session.scalar(select(func.count()).select_from(Initiative)) == 0


def test_the_second_editor_is_told_who_changed_what_and_keeps_what_was_typed(
    signed_in: SignIn, database_of_app: Database, reason_id: int
) -> None:
    first, second = signed_in("team", name="Marta"), signed_in("team", name="Amara")
    first.post("/initiatives/new", data=filled(read(first.get(f"/initiatives/new?reason={reason_id}").text)))
    opened = filled(read(second.get("/initiatives/1/edit").text))
    first.post("/initiatives/1/edit", data=opened | {"name": "Marta's name", "due_on": "2026-12-01"})

    answer = second.post("/initiatives/1/edit", data=opened | {"name": "Amara's name"})
    assert answer.status_code == 409
    words = text_of(answer)
    assert "Marta changed INI-01 since you opened it." in words
    assert "Marta changed name, to be live by, Mon 14 Sep 2026, 09:30." in words
    assert "NameMarta's nameAmara's name" in words
    assert "To be live by1 Dec 2026nothing" in words
    typed = filled(read(answer.text))
    assert typed["name"] == "Amara's name"

    saved = second.post("/initiatives/1/edit", data=typed | {"due_on": "2026-12-01"})
    assert saved.status_code == 302
    plan = initiative_of(database_of_app).plan
    assert (plan.name, plan.due_on) == ("Amara's name", date(2026, 12, 1))


def test_after_approval_the_scope_cannot_be_lost_by_saving_the_form(
    signed_in: SignIn, database_of_app: Database, reason_id: int
) -> None:
    def make(session: Any) -> None:
        row = make_initiative(session, stage="approved", channels=("phone",))
        make_projection(session, row, frozen_at=NOW)
        known = queries.initiative(session, row.id).plan
        row.stage = "sizing"
        plan = replace(known, reason_ids=frozenset({reason_id}))
        actions.change(session, row.id, plan, seen=1, by=TESTER, at=NOW, today=NOW.date())
        row.stage = "approved"

    database_of_app.write(make)
    team = signed_in("team")
    page = read(team.get("/initiatives/1/edit").text)
    assert not page.all("input", name="reason_ids")
    assert team.post("/initiatives/1/edit", data=filled(page) | {"name": "Another"}).status_code == 302
    plan = initiative_of(database_of_app).plan
    assert (plan.name, set(plan.reason_ids), set(plan.channels)) == ("Another", {reason_id}, {"phone"})


WRONG_TERMS = [
    ({"share_likely_bp": "60"}, "The high share is below the likely one."),
    ({"share_low_bp": "41"}, "The low share is above the likely one."),
    ({"share_high_bp": "101"}, "The high share must lie between 0 and 100 %."),
    ({"share_low_bp": "some"}, "“some” is no share."),
    ({"share_low_bp": ""}, "Write the share that goes away if it goes badly."),
    ({"ramp_days": "-1"}, "The ramp takes between 0 and 730 days."),
    ({"ramp_days": "1.5"}, "“1.5” is no whole number."),
    ({"cost_to_do": "-5"}, "The cost to do is an amount to pay"),
    ({"cost_to_do": "5.001"}, "more digits after the point"),
    ({"starts_on": "0001-01-01"}, "lies outside the years"),
    ({"starts_on": "2026-02-30"}, "“2026-02-30” is no day."),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG_TERMS)
def test_wrong_terms_are_a_sentence_and_stay_as_they_were_typed(
    signed_in: SignIn, database_of_app: Database, reason_id: int, change: dict[str, str], sentence: str
) -> None:
    team = signed_in("team")
    team.post("/initiatives/new", data=filled(read(team.get(f"/initiatives/new?reason={reason_id}").text)))
    answer = team.post("/initiatives/1/projection/new", data=TERMS | change)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    (name, typed), *_ = change.items()
    assert read(answer.text).one("input", name=name).get("value") == typed
    assert initiative_of(database_of_app).versions == ()


def test_a_step_that_is_not_open_is_answered_with_all_that_is_missing(
    signed_in: SignIn, database_of_app: Database
) -> None:
    database_of_app.write(lambda session: make_initiative(session, stage="sizing"))
    answer = signed_in("sponsor").post("/initiatives/1/stage", data={"to": "approved", "seen": "sizing"})
    assert answer.status_code == 422
    assert "Put at least one reason in scope. Name an owner. Name a sponsor. Write down a projection." in text_of(
        answer
    )


def test_a_drop_without_a_word_is_refused_and_with_one_it_is_shown(
    signed_in: SignIn, database_of_app: Database
) -> None:
    database_of_app.write(make_initiative)
    team = signed_in("team")
    drop = {"to": "dropped", "seen": "idea"}
    assert "Say why it is dropped" in text_of(team.post("/initiatives/1/stage", data=drop))
    page = team.post("/initiatives/1/stage", data=drop | {"note": "No labels to be had."}, follow_redirects=True)
    assert read(page.text).finding == "Dropped on 14 Sep 2026."
    assert "No labels to be had." in text_of(page)


def test_the_page_says_what_keeps_validation_closed(signed_in: SignIn, database_of_app: Database) -> None:
    database_of_app.write(lambda session: make_initiative(session, stage="live", go_live_on=GO_LIVE))
    words = text_of(signed_in("finance").get("/initiatives/1"))
    assert "Validate: not yet Finance validates by signing measured months in its queue" in words


def test_the_list_is_filtered_by_its_address_and_the_csv_holds_the_same_rows(
    signed_in: SignIn, database_of_app: Database
) -> None:
    def make(session: Any) -> None:
        for number, stage in enumerate(("idea", "sizing", "approved")):
            row = make_initiative(session, stage=stage, name=f"Initiative {number}")
            make_projection(session, row, share_likely_bp=1000 * (number + 1))

    database_of_app.write(make)
    team = signed_in("team")
    names = [row.text for row in read(team.get("/initiatives").text).all("a") if "Initiative " in row.text]
    assert names == ["Initiative 2", "Initiative 1", "Initiative 0"]
    for query, expected in {
        "": ["INI-03", "INI-02", "INI-01"],
        "?stage=sizing": ["INI-02"],
        "?level=approved": ["INI-03"],
        "?owner=77": [],
        "?reason=77": [],
        "?reason=none": [],
        "?stage=none": [],
    }.items():
        lines = team.get(f"/initiatives.csv{query}").text.splitlines()[1:]
        assert [line.split(",")[0] for line in lines] == expected, query
        shown = text_of(team.get(f"/initiatives{query}"))
        assert all(code in shown for code in expected)
        assert ("No initiative is like that" in shown) is (not expected)


def test_every_measured_figure_leads_to_its_days_and_their_csv(
    signed_in: SignIn, database_of_app: Database, reason_id: int
) -> None:
    def make(session: Any) -> None:
        row = make_initiative(session, stage="live", go_live_on=GO_LIVE)
        make_projection(session, row, frozen_at=NOW)
        known = queries.initiative(session, row.id).plan
        row.stage = "sizing"
        plan = replace(known, reason_ids=frozenset({reason_id}))
        actions.change(session, row.id, plan, seen=1, by=TESTER, at=NOW, today=NOW.date())
        row.stage = "live"

    database_of_app.write(make)
    client = signed_in("finance")
    assert "/initiatives/1/series" in client.get("/initiatives/1").text
    page = text_of(client.get("/initiatives/1/series"))
    assert "4,200 expected, 2,940 came: 1,260 fewer." in page
    lines = client.get("/initiatives/1/series.csv").text.splitlines()
    assert lines[0] == "day,compared_with,contacts_then,ratio,expected,observed,fewer,used"
    assert lines[1] == "2026-08-03,2025-08-04,100,1.000000,100.0000,70,30.0000,yes"
    assert len(lines) == 43


def test_without_measured_days_the_series_says_so(signed_in: SignIn, database_of_app: Database) -> None:
    database_of_app.write(make_initiative)
    answer = signed_in("team").get("/initiatives/1/series")
    assert (answer.status_code, "has no measured days" in answer.text) == (404, True)


def test_a_projection_shows_what_it_was_made_from_and_its_months(signed_in: SignIn, database_of_app: Database) -> None:
    def make(session: Any) -> None:
        rate = {"channel": "phone", "valid_from": "2026-01-01", "basis": "contact", "amount_minor": 600}
        row = make_initiative(session, stage="approved")
        rates = [rate | {"currency": "USD", "stated_by": "Finance, budget 2026"}]
        make_projection(session, row, rates=rates, frozen_at=NOW, frozen_by="Dana")

    database_of_app.write(make)
    client = signed_in("sponsor")
    words = text_of(client.get("/initiatives/1/projection"))
    assert "20 % of 36,500 contacts in 365 days." in words
    assert "$6.00 per contact, from 1 Jan 2026 (Finance, budget 2026)" in words
    assert "Frozen Mon 14 Sep 2026, 09:30 by Dana" in words
    lines = client.get("/initiatives/1/projection.csv").text.splitlines()
    assert lines[1] == "2026-01,2026-01-01,2026-02-01,620,372000,0,372000,USD"
    assert len(lines) == 25
    assert client.get("/initiatives/1/projection?version=7").status_code == 404


def test_where_no_rate_is_set_the_page_says_so_and_never_zero(signed_in: SignIn, database_of_app: Database) -> None:
    def make(session: Any) -> None:
        costs = {"cost_to_do_minor": 700, "running_cost_year_minor": 365_000}
        make_projection(session, make_initiative(session, stage="sizing"), base_cost_minor=None, **costs)

    database_of_app.write(make)
    client = signed_in("finance")
    page = client.get("/initiatives/1")
    assert "a channel has no cost per contact" in text_of(page)
    assert 'href="/settings/rates"' in page.text
    for address in ("/initiatives/1", "/initiatives/1/projection", "/initiatives", "/savings"):
        assert "$0" not in client.get(address).text, address
    assert "7,300 contacts" in text_of(client.get("/initiatives"))
    assert "7,300 contacts" in text_of(client.get("/savings"))

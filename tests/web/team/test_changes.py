"""The register of other changes: proposed by one, decided by another, shown with the figures that it changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import Database
from app.measurement import plan_actions, plan_queries
from app.measurement.plan_queries import Change
from tests.builders import TESTER
from tests.initiative_builders import make_rate
from tests.measurement.plan_builders import Place, make_place, terms_of
from tests.web.forms import filled
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]
TYPED = {
    "kind": "outage",
    "name": "Phone line down",
    "first_day": "2026-03-02",
    "last_day": "2026-03-03",
    "evidence": "Ticket 4711",
    "key": "k1",
}


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def place(database_of_app: Database) -> Place:
    """An initiative with a frozen plan."""

    def make(session: Session) -> Place:
        make_rate(session)
        found = make_place(session, others=1)
        plan_actions.write_plan(session, found.initiative_id, terms_of(found), by=TESTER, at=NOW)
        plan_actions.freeze(session, found.initiative_id, 1, by=TESTER, at=NOW, today=NOW.date())
        return found

    return database_of_app.write(make)


def register(database: Database) -> list[Change]:
    with database.reading() as session:
        return plan_queries.changes(session)


def text_of(answer: TestResponse) -> str:
    return read(answer.text).text.replace("\u00a0", " ")


def test_an_empty_register_says_what_it_is_for(signed_in: SignIn) -> None:
    words = text_of(signed_in("lead").get("/changes"))
    assert "Nothing else has moved contacts, as far as anybody has said." in words
    assert "An outage, a campaign or a new price moves contacts as much as an initiative does." in words
    assert "Propose it" in words
    assert "Call-centre leads, the SWAT team, sponsors and finance propose changes." in text_of(
        signed_in("admin").get("/changes")
    )


def test_one_proposes_another_approves_and_the_initiative_is_named(
    signed_in: SignIn, database_of_app: Database, place: Place
) -> None:
    lead, finance = signed_in("lead", name="Otis"), signed_in("finance", name="Dora")
    form = filled(read(lead.get("/changes").text))
    sent = form | TYPED | {"reason_ids": [str(place.target.id)]}
    assert [lead.post("/changes", data=sent).status_code for _ in range(2)] == [302, 302]
    (entry,) = register(database_of_app)
    assert (entry.start, entry.end, entry.proposed_by) == (date(2026, 3, 2), date(2026, 3, 4), "Otis")
    assert "The SWAT team, a sponsor or finance decides." in text_of(lead.get("/changes"))
    words = text_of(finance.get("/changes"))
    assert "1 change waits for a decision." in words
    assert "Would changeINI-01 Return label in every parcel" in words

    answer = finance.post("/changes/1/decide", data={"decision": "approve", "note": "Seen the log"})
    assert (answer.status_code, answer.location) == (302, "/changes#change-1")
    words = text_of(finance.get("/changes"))
    assert "1 other change is left out of the figures." in words
    assert "ApprovedDora, 14 Sep 2026: Seen the log" in words
    assert "the figures of INI-01 Return label in every parcel" in words
    assert "2 Mar - 3 Mar 2026: Phone line down, left out." in text_of(finance.get("/initiatives/1/plan"))


@pytest.mark.parametrize("query", ["?kind=storm&day=soon&reason=x", "?day=2026-13-01&reason=99999999999999999999"])
def test_an_address_that_fills_in_nonsense_leaves_the_form_empty(signed_in: SignIn, query: str) -> None:
    answer = signed_in("lead").get(f"/changes{query}")
    assert answer.status_code == 200
    typed = filled(read(answer.text))
    assert (typed["first_day"], typed.get("reason_ids", [])) == ("", [])


def test_who_proposed_does_not_decide(signed_in: SignIn, database_of_app: Database) -> None:
    team = signed_in("team", name="Marta")
    team.post("/changes", data=TYPED)
    assert "You proposed it, so somebody else decides." in text_of(team.get("/changes"))
    answer = team.post("/changes/1/decide", data={"decision": "approve", "note": ""})
    assert answer.status_code == 422
    assert "Who proposes a change does not decide on it. Ask somebody else to." in text_of(answer)
    assert register(database_of_app)[0].state == "proposed"


def test_a_rejection_needs_a_word_and_a_second_decision_changes_nothing(
    signed_in: SignIn, database_of_app: Database
) -> None:
    signed_in("lead").post("/changes", data=TYPED)
    sponsor, finance = signed_in("sponsor", name="Dana"), signed_in("finance")
    refused = sponsor.post("/changes/1/decide", data={"decision": "reject", "note": ""})
    assert "Say why it is rejected" in text_of(refused)
    assert refused.status_code == 422
    reject = {"decision": "reject", "note": "That was the other line"}
    assert [sponsor.post("/changes/1/decide", data=reject).status_code for _ in range(2)] == [302, 302]
    late = finance.post("/changes/1/decide", data={"decision": "approve", "note": ""})
    assert late.status_code == 422
    assert "Dana rejected “Phone line down” already, on 14 Sep 2026." in text_of(late)
    assert [one.state for one in register(database_of_app)] == ["rejected"]
    assert finance.post("/changes/1/decide", data={"decision": "maybe"}).status_code == 422
    assert finance.post("/changes/7/decide", data={"decision": "approve"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_day": ""}, "Choose its first day."),
        ({"last_day": "2026-03-01"}, "The last day, 1 Mar 2026, lies before the first, 2 Mar 2026."),
        ({"name": " "}, "Name it in 1 to 200 letters"),
        ({"evidence": ""}, "Without evidence nobody can approve it."),
        ({"kind": "storm"}, "is not in the list"),
        ({"reason_ids": ["987654"]}, "is not in the list"),
    ],
)
def test_every_fault_of_a_proposal_is_a_sentence_and_keeps_what_was_typed(
    signed_in: SignIn, database_of_app: Database, change: dict[str, str], sentence: str
) -> None:
    answer = signed_in("lead").post("/changes", data=TYPED | {"name": "Line down"} | change)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    if "name" not in change:
        assert read(answer.text).one("input", name="name").get("value") == "Line down"
    assert register(database_of_app) == []


def test_the_register_is_filtered_by_state_and_the_csv_holds_the_same_rows(signed_in: SignIn, place: Place) -> None:
    lead, finance = signed_in("lead"), signed_in("finance")
    for number in range(3):
        lead.post("/changes", data=TYPED | {"key": f"k{number}", "name": f"=Change {number}"})
    finance.post("/changes/1/decide", data={"decision": "approve", "note": ""})
    finance.post("/changes/2/decide", data={"decision": "reject", "note": "No"})
    for query, expected in {
        "": ["3", "2", "1"],
        "?state=approved": ["1"],
        "?state=rejected": ["2"],
        "?state=proposed": ["3"],
        "?state=none": [],
    }.items():
        lines = finance.get(f"/changes.csv{query}").text.splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == expected, query
        if not expected:
            assert "No entry is like that." in text_of(finance.get(f"/changes{query}"))
    line = finance.get("/changes.csv?state=approved").text.splitlines()[1]
    assert line.startswith("1,2026-03-02,2026-03-04,outage,'=Change 0,,Ticket 4711,approved,")
    assert line.endswith(f"INI-{place.initiative_id:02d}")

"""Finance's queue: claimed by the team, decided by somebody without a hand in it."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import Database
from app.ledger import actions, entry_queries
from app.people.tables import User
from tests.builders import make_reason
from tests.calculation_builders import make_measurement, make_plan
from tests.ledger_builders import JULY, STAMP, Company, make_booking, make_claim, make_company
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def company(database_of_app: Database) -> Company:
    """August of an initiative is claimed by its owner; July can be claimed."""

    def make(session: Session) -> Company:
        company = make_company(session)
        make_claim(session, company)
        actions.book(session, [make_booking(company.initiative.id, JULY, 70)], **STAMP)
        return company

    return database_of_app.write(make)


@pytest.fixture
def enter(app: Flask) -> Callable[[User], FlaskClient]:
    """A client signed in as somebody who is there already."""

    def sign_in(user: User) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{user.id}:{user.session_version}"
            cookie["_fresh"] = True
        return client

    return sign_in


def words(answer: TestResponse) -> str:
    return read(answer.text).text.replace("\u00a0", " ")


def validated(database: Database) -> list[int]:
    with database.reading() as session:
        return [one.facts.amount.amount_minor for one in entry_queries.standing(session, kind="validated")]


def test_an_empty_queue_says_what_comes_before_it(signed_in: SignIn) -> None:
    page = words(signed_in("finance").get("/savings/queue"))
    assert "Nothing waits for finance." in page
    assert "claims it here" in page


def test_the_estimate_and_its_range_lead_to_the_look_that_was_booked(
    signed_in: SignIn, database_of_app: Database
) -> None:
    def make(session: Session) -> None:
        reason = make_reason(session)
        company = make_company(session, reasons=(reason,))
        row = make_measurement(session, make_plan(session, company.initiative, frozenset({reason.id})))
        basis = {"state": "verified", "net_minor": 150_000, "low_minor": 100_000, "high_minor": 200_000, "look": 1}
        make_claim(session, company, result_id=row.id, basis=basis)

    database_of_app.write(make)
    client = signed_in("finance")
    page = read(client.get("/savings/queue").text)
    look = "/savings/1/2026-08?look=1#step-net"
    told = [link.text.replace("\u00a0", " ") for link in page.all("a") if link.get("href") == look]
    assert told == ["$1,500", "$1,000 to $2,000"]
    calculation = client.get(look)
    assert calculation.status_code == 200
    assert "step-net" in {one.get("id") for one in read(calculation.text).elements}


def test_the_queue_shows_each_claim_with_what_it_was_made_from(
    company: Company, enter: Callable[[User], FlaskClient]
) -> None:
    page = read(enter(company.finance).get("/savings/queue").text)
    text = page.text.replace("\u00a0", " ")
    assert "One claim" in text or "1 claim waits for finance." in text
    for part in ("August 2026", "Claimed by Otis", "$1,000.00", "$1,500", "$1,000 to $2,000", "Verified", "2.0"):
        assert part in text, part
    links = {one.get("href") for one in page.all("a")}
    assert "/ledger/1" in links
    assert links & {f"/initiatives/{company.initiative.id}", f"/savings/{company.initiative.id}/2026-08"}


def test_the_team_claims_and_a_second_press_claims_nothing_more(
    company: Company, enter: Callable[[User], FlaskClient], database_of_app: Database
) -> None:
    owner = enter(company.owner)
    for _ in range(2):
        answer = owner.post("/savings/claims/2", data={"note": "July as well"}, follow_redirects=True)
        assert "It waits for finance now." in words(answer)
    assert "2 claims wait for finance." in words(owner.get("/savings/queue"))
    second = enter(company.member).post("/savings/claims/2")
    assert (second.status_code, "Otis claimed this amount already" in words(second)) == (422, True)
    assert validated(database_of_app) == []


def test_who_claims_or_decides_on_the_calculation_comes_back_to_it(
    company: Company, enter: Callable[[User], FlaskClient]
) -> None:
    typed = {"note": "All of it", "from": "calculation"}
    one = company.initiative.id
    claimed = enter(company.owner).post("/savings/claims/2", data=typed)
    assert claimed.headers["Location"] == f"/savings/{one}/2026-07"
    finance = enter(company.finance)
    decided = finance.post("/savings/queue/2/approved", data=typed)
    assert decided.headers["Location"] == f"/savings/{one}/2026-07"
    told = words(finance.get("/savings/queue"))
    assert f"The claim of INI-{one:02d}, July 2026, is approved: the amount is validated." in told
    for elsewhere in ("//other.example", "https://other.example/", "queue"):
        typed["from"] = elsewhere
        assert finance.post("/savings/queue/2/approved", data=typed).headers["Location"] == "/savings/queue"


def test_finance_approves_a_lower_figure_and_the_initiative_is_validated(
    company: Company, enter: Callable[[User], FlaskClient], database_of_app: Database
) -> None:
    finance = enter(company.finance)
    typed = {"lower": "400.50", "note": "The rest is seasonal."}
    for _ in range(2):
        answer = finance.post("/savings/queue/1/lowered", data=typed, follow_redirects=True)
        assert "is approved at the lower figure." in words(answer)
    assert validated(database_of_app) == [40_050]
    assert "Approved lower" in words(finance.get("/savings/queue"))
    assert "Validated" in words(finance.get(f"/initiatives/{company.initiative.id}"))
    late = enter(company.second).post("/savings/queue/1/approved")
    assert (late.status_code, "Dora approved a lower figure meanwhile." in words(late)) == (422, True)
    savings = words(finance.get("/savings"))
    assert "Validated" in savings


@pytest.mark.parametrize(
    ("outcome", "typed", "sentence"),
    [
        ("lowered", {"lower": "1,000", "note": "x"}, "below the realised one"),
        ("lowered", {"lower": "0", "note": "x"}, "above zero"),
        ("lowered", {"lower": "4,00", "note": "x"}, "is no amount"),
        ("lowered", {"lower": "4.005", "note": "x"}, "more digits"),
        ("lowered", {"lower": "4", "note": ""}, "Say why in the note"),
        ("rejected", {"note": " "}, "Say why in the note"),
    ],
)
def test_a_decision_that_cannot_be_is_a_sentence_and_what_was_typed_stays(
    company: Company,
    enter: Callable[[User], FlaskClient],
    database_of_app: Database,
    outcome: str,
    typed: dict[str, str],
    sentence: str,
) -> None:
    answer = enter(company.finance).post(f"/savings/queue/1/{outcome}", data=typed)
    assert (answer.status_code, sentence in words(answer)) == (422, True), words(answer)
    if "lower" in typed:
        assert read(answer.text).one("input", name="lower").get("value") == typed["lower"]
    assert validated(database_of_app) == []


@pytest.mark.parametrize(("who", "sentence"), [("owner", "claimed this amount"), ("sponsor", "You sponsor INI-01")])
def test_who_has_a_hand_in_it_sees_why_they_cannot_decide(
    company: Company,
    enter: Callable[[User], FlaskClient],
    database_of_app: Database,
    who: str,
    sentence: str,
) -> None:
    client = enter(getattr(company, who))
    page = client.get("/savings/queue")
    assert sentence in words(page)
    assert not [one for one in read(page.text).all("form") if "/savings/queue/" in one.get("action")]
    answer = client.post("/savings/queue/1/approved")
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert validated(database_of_app) == []


def test_others_see_the_queue_and_decide_nothing(signed_in: SignIn, company: Company) -> None:
    del company
    team = signed_in("team")
    page = read(team.get("/savings/queue").text)
    assert not [one for one in page.all("form") if "/savings/queue/" in one.get("action")]
    assert team.post("/savings/queue/1/approved").status_code == 403
    finance = signed_in("finance")
    assert finance.post("/savings/queue/1/perhaps").status_code == 422
    assert finance.post("/savings/queue/99/approved").status_code in {404, 422}
    assert finance.post("/savings/claims/2").status_code == 422


def test_an_act_is_recorded_with_its_document_which_is_only_ever_saved(
    company: Company, enter: Callable[[User], FlaskClient], signed_in: SignIn
) -> None:
    owner, path = enter(company.owner), f"/initiatives/{company.initiative.id}/cash"
    typed = {"kind": "roster", "day": "2026-08-01", "amount": "300", "every": "month", "description": "Two shifts"}

    def send(content: bytes, name: str) -> TestResponse:
        file = (io.BytesIO(content), name)
        return owner.post(path, data={**typed, "key": "one", "evidence": file}, content_type="multipart/form-data")

    wrong = send(b"<html><script>alert(1)</script>", "../roster.pdf")
    assert (wrong.status_code, "does not hold what its ending says" in words(wrong)) == (422, True)
    missing = owner.post(path, data={**typed, "key": "one"})
    assert (missing.status_code, "Choose the document" in words(missing)) == (422, True)
    for _ in range(2):
        assert send(b"%PDF-1.7 roster", "../../roster (1).pdf").status_code == 302
    page = words(owner.get(path))
    assert "$300 of cash booked" in page
    assert page.count("Two shifts") == 1

    saved = enter(company.finance).get("/attachments/1")
    assert saved.data == b"%PDF-1.7 roster"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Disposition"].startswith("attachment; filename=")
    assert saved.mimetype == "application/pdf"
    saved.close()
    assert signed_in("lead").get("/attachments/1").status_code == 403
    assert signed_in("admin").get("/attachments/2").status_code == 404

    ended = owner.post(f"{path}/1/end", data={"on": "2026-08-11", "why": "Back again"}, follow_redirects=True)
    assert "The act is ended." in words(ended)
    assert "$97 of cash booked" in words(ended), "10 of 31 days of 300"
    savings = words(owner.get("/ledger?column=cash"))
    assert "Cash" in savings

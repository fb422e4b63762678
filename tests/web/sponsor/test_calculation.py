"""The calculation page, read by a finance officer who does not believe it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import Database
from app.ledger import actions
from app.measurement import plans
from app.measurement.plans import Boundary, PlanTerms
from app.measurement.tables import Placebo
from tests.builders import AT, TESTER, make_reason
from tests.calculation_builders import AUGUST, JULY, RATE, make_figures, make_measurement, make_plan
from tests.initiative_builders import make_initiative, make_projection, make_rate
from tests.ledger_builders import actor, make_booking, make_claim, make_company
from tests.web.pages import read

PAGE = "/savings/1/2026-08"
SignIn = Callable[..., FlaskClient]


@dataclass(frozen=True)
class Made:
    owner: int
    finance: int


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 9, 14, 9, 30, tzinfo=UTC))


def make(session: Session, **fields: Any) -> Made:
    """A live initiative, measured at the end of July (nothing verified yet) and of August, with August booked."""
    reason = make_reason(session, "Where is my label?")
    company = make_company(session, reasons=(reason,))
    make_projection(session, company.initiative, frozen_at=AT)
    plan = make_plan(session, company.initiative, frozenset({reason.id}))
    july = make_figures(31, verdict="measuring", booked_contacts=0)
    make_measurement(session, plan, month=JULY, state="measuring", avoided=930, booked_minor=0, figures=july)
    row = make_measurement(session, plan, **fields)
    booking = make_booking(company.initiative.id, amount=6000, contacts=1240, result_id=row.id)
    actions.book(session, [booking], by=TESTER, at=AT)
    return Made(company.owner.id, company.finance.id)


@pytest.fixture
def measured(database_of_app: Database) -> Made:
    return database_of_app.write(make)


def words(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return read(answer.text).text.replace("\u00a0", " ")


@pytest.mark.usefixtures("measured")
def test_the_first_line_says_what_was_found_and_what_may_be_booked(signed_in: SignIn) -> None:
    page = read(signed_in("finance").get(PAGE).text)
    assert page.finding.replace("\u00a0", " ") == "1,860 contacts no longer came, and that is verified."
    told = page.text.replace("\u00a0", " ")
    assert "Between 1,240 and 2,549 contacts fewer with 90 % confidence" in told
    assert "They are worth $10,000 net ($6,000 to $14,000), of which $6,000 may be booked since go-live." in told


@pytest.mark.usefixtures("measured")
def test_both_methods_stand_side_by_side_with_their_difference(signed_in: SignIn) -> None:
    told = words(signed_in("finance").get(PAGE))
    # 30.0 % against 25 / 95 = 26.3 %
    assert "30.0 %" in told
    assert "26.3 %" in told
    assert "They lie 3.7 pts apart" in told
    assert "0 % of the 12 untouched reasons fell at least as far" in told
    assert "How often the method is wrong here was not worked out yet." in told


@pytest.mark.usefixtures("measured")
def test_each_step_from_the_claim_to_what_may_be_booked_is_a_line_and_a_bar(signed_in: SignIn) -> None:
    page = read(signed_in("finance").get(PAGE).text)
    lines = {one.get("id"): " ".join(one.text.split()) for one in page.all("tr") if one.get("id")}
    for step, amount in {
        "headline": "$11,160.00",
        "shift": "($1,000.00)",
        "one_off": "($160.00)",
        "net": "$10,000.00",
        "uncertain": "($4,000.00)",
        "booked": "$6,000.00",
    }.items():
        assert lines[f"step-{step}"].endswith(amount)
    assert len(lines) == 11 + 3
    labels = [one.get("aria-label") for one in page.all("a") if one.get("aria-label").startswith("Channel shift")]
    assert labels == ["Channel shift ($1,000)"] * 2  # the wide and the narrow drawing


@pytest.mark.usefixtures("measured")
def test_every_number_leads_to_its_source_in_one_click(signed_in: SignIn) -> None:
    client = signed_in("finance")
    page = read(client.get(PAGE).text)
    traced = {one.get("href") for one in page.all("a") if "trace" in one.get("class").split()}
    assert {
        "/contacts?reason=1&from=2026-07-01&to=2026-09-01",
        "/initiatives/1/plan?version=1",
        "/initiatives/1/costs",
        "/initiatives/1/projection",
        "/settings/rates",
        "/ledger/1",
    } <= traced
    elsewhere = {address for address in traced if not address.startswith("#")}
    assert {address: client.get(address).status_code for address in elsewhere} == dict.fromkeys(elsewhere, 200)
    places = {one.get("id") for one in page.elements}
    assert {address[1:] for address in traced if address.startswith("#")} <= places


@pytest.mark.usefixtures("measured")
def test_every_clause_that_the_page_names_is_there(signed_in: SignIn) -> None:
    client = signed_in("finance")
    named = {
        one.get("href").partition("#")[2]
        for one in read(client.get(PAGE).text).all("a")
        if one.get("href").startswith("/methods#")
    }
    there = {one.get("id") for one in read(client.get("/methods").text).all("p")}
    assert {"C2", "C7", "C8", "C9", "S4", "S5", "V4", "N1", "N9", "R3"} <= named
    assert named <= there


@pytest.mark.usefixtures("measured")
def test_the_month_is_the_difference_of_two_month_ends(signed_in: SignIn) -> None:
    booked = " ".join(
        read(signed_in("finance").get(PAGE).text).one("section", id="booked").text.replace("\u00a0", " ").split()
    )
    assert "May be booked since go-live" in booked
    assert "$6,000.00" in booked
    assert "July 2026, measuring" in booked
    assert "Realised in August 2026" in booked
    assert "entry 1, 1,240 contacts" in booked


@pytest.mark.usefixtures("measured")
def test_the_owner_claims_and_finance_approves_a_lower_figure(
    signed_in: SignIn, app: Any, database_of_app: Database, measured: Made
) -> None:
    owner, finance = client_of(app, measured.owner), client_of(app, measured.finance)
    assert "Claim $6,000.00" in words(owner.get(PAGE))
    form = next(one for one in read(owner.get(PAGE).text).all("form") if "claims" in one.get("action"))
    assert owner.post(form.get("action"), data={"note": "Look"}, follow_redirects=True).status_code == 200
    assert "You claimed this amount of INI-01: somebody else of finance decides" in words(owner.get(PAGE))
    page = read(finance.get(PAGE).text)
    assert "“Look”" in page.text
    lower = next(one for one in page.all("form") if one.get("action").endswith("/lowered"))
    assert finance.post(lower.get("action"), data={"lower": "5,500", "note": "Rounded"}).status_code == 302
    told = words(finance.get(PAGE))
    assert "Dora approved a lower figure of $6,000.00: $5,500.00 is validated. “Rounded”" in told
    assert "entry 2, signed Mon 14 Sep 2026, 09:30 by Dora: Rounded" in told


def test_a_signed_month_that_was_taken_back_says_so(app: Any, signed_in: SignIn, measured: Made) -> None:
    finance = signed_in("finance", name="Fiona")
    client_of(app, measured.owner).post("/savings/claims/1")
    finance.post("/savings/queue/1/approved")
    assert "was validated, and" not in words(finance.get(PAGE))
    assert finance.post("/ledger/2/reverse", data={"note": "The rate was wrong."}).status_code == 302
    told = words(finance.get(PAGE))
    assert "Not validated any more. $6,000.00 of August 2026 was validated, and Fiona took it back" in told
    assert "“The rate was wrong.” (entry" in told
    assert "The next month-end run books the month anew." in told


@pytest.mark.usefixtures("measured")
def test_who_may_not_claim_reads_why(signed_in: SignIn) -> None:
    told = words(signed_in("finance").get(PAGE))
    assert "Only the SWAT team, the owner or the sponsor of INI-01 claims its savings." in told
    assert "Claim $6,000.00" not in told


def client_of(app: Any, person_id: int) -> FlaskClient:
    client: FlaskClient = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{person_id}:1"
        cookie["_fresh"] = True
    return client


def test_an_earlier_look_stays_to_be_seen(signed_in: SignIn, database_of_app: Database) -> None:
    def twice(session: Session) -> None:
        make(session)
        plan = make_plan(session, session.get_one(type_of_initiative(), 1), frozenset({1}), number=2)
        make_measurement(session, plan, number=2, avoided=1500, booked_minor=500_000)

    database_of_app.write(twice)
    client = signed_in("sponsor")
    assert "1,500 contacts no longer came" in words(client.get(PAGE))
    first = words(client.get(f"{PAGE}?look=1"))
    assert "1,860 contacts no longer came" in first
    assert "This is look 1 of 2." in first
    for wrong in ("3", "x", "99999999999999999999"):
        assert client.get(f"{PAGE}?look={wrong}").status_code == 404


def type_of_initiative() -> Any:
    from app.initiatives.tables import Initiative

    return Initiative


@pytest.mark.usefixtures("measured")
def test_the_series_is_shown_by_days_weeks_and_months(signed_in: SignIn) -> None:
    client = signed_in("finance")
    months = client.get(f"{PAGE}.csv?every=month").text.splitlines()
    assert months[0] == "from,up_to_not_including,observed,expected,low,high,fewer"
    assert months[1:] == [
        "2026-07-01,2026-08-01,2170.0000,3100.0000,2790.0000,3444.4444,930.0000",
        "2026-08-01,2026-09-01,2170.0000,3100.0000,2790.0000,3444.4444,930.0000",
    ]
    weeks = client.get(f"{PAGE}.csv?every=week").text.splitlines()
    assert len(weeks) == 1 + 9
    assert weeks[1].startswith("2026-07-01,2026-07-08,490.0000,700.0000")
    assert weeks[-1].startswith("2026-08-26,2026-09-01,420.0000,600.0000")
    assert len(client.get(f"{PAGE}.csv?every=day").text.splitlines()) == 63
    assert 'aria-current="true">Months' in client.get(f"{PAGE}?every=month").text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("measuring", "1,860 contacts fewer so far: it is too early to be sure."),
        ("not distinguishable from noise", "What changed cannot be told from noise: an effect below 10 % could not"),
        ("disputed", "What was found is disputed, so nothing is booked."),
        ("expired", "Its saving no longer counts: what was booked stays."),
        ("baseline insufficient", "There was too little before go-live to measure against."),
    ],
)
def test_what_is_not_verified_is_said_in_words(
    signed_in: SignIn, database_of_app: Database, state: str, said: str
) -> None:
    database_of_app.write(lambda session: make(session, state=state, booked_minor=0))
    told = words(signed_in("finance").get(PAGE))
    assert said in told
    assert "nothing of it may be booked" in told


def test_an_increase_is_called_one(signed_in: SignIn, database_of_app: Database) -> None:
    database_of_app.write(lambda session: make(session, state="increased", avoided=-300, booked_minor=0))
    assert "300 contacts more came than expected." in words(signed_in("finance").get(PAGE))


def test_without_a_rate_there_is_no_money_and_the_page_says_so(signed_in: SignIn, database_of_app: Database) -> None:
    nothing = {"net_minor": None, "low_minor": None, "high_minor": None, "booked_minor": 0}
    database_of_app.write(lambda session: make(session, figures=make_figures(netting=None), **nothing))
    told = words(signed_in("finance").get(PAGE))
    assert "What they are worth is not known: a channel has no rate." in told
    assert "nothing can be booked" in told


def test_a_month_that_was_not_measured_says_so(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("finance")
    assert client.get(PAGE).status_code == 404
    database_of_app.write(make)
    answer = client.get("/savings/1/2026-05")
    assert answer.status_code == 404
    assert "INI-01 was not measured for May 2026." in read(answer.text).text
    for wrong in ("2026-13", "soon", "2026-8"):
        assert client.get(f"/savings/1/{wrong}").status_code == 404


def test_the_placebo_stands_beside_the_claim(signed_in: SignIn, database_of_app: Database) -> None:
    fakes = [
        {"reason": f"Reason {one}", "go_live_on": "2026-01-05", "relative": 0.0, "low": low, "high": 0.2}
        for one, low in enumerate((-0.2, -0.2, -0.2, 0.1))
    ]
    database_of_app.write(make)
    database_of_app.write(
        lambda session: session.add(Placebo(until=AUGUST, worked_out_at=AT, figures={"fakes": fakes}))
    )
    told = words(signed_in("finance").get(PAGE))
    assert "4 fake go-lives: the range held the truth in 75 % (90 % are promised)" in told
    assert "in 25 % (5 % are promised), and the typical half width is 20 %." in told


def test_a_claim_that_waits_is_named_to_everybody(signed_in: SignIn, database_of_app: Database) -> None:
    def claimed(session: Session) -> None:
        made = make_company(session, reasons=(reason := make_reason(session),))
        row = make_measurement(session, make_plan(session, made.initiative, frozenset({reason.id})))
        make_claim(session, made, amount=6000, result_id=row.id)
        assert actor(made.owner).name == "Otis"

    database_of_app.write(claimed)
    assert "Otis claimed $6,000.00 of August 2026." in words(signed_in("team").get(PAGE))


@pytest.mark.usefixtures("measured")
def test_nothing_is_said_to_be_left_out_where_nothing_is(signed_in: SignIn) -> None:
    told = words(signed_in("finance").get(PAGE))
    assert "Left out" not in told
    assert "so no day is excluded" in told


@pytest.mark.usefixtures("measured")
def test_each_download_is_offered_once(signed_in: SignIn) -> None:
    offered = [one.get("href") for one in read(signed_in("finance").get(PAGE).text).all("a", class_="btn btn-plain")]
    assert len(offered) == len(set(offered)) == 3


def test_what_several_initiatives_share_is_one_total_with_everybodys_part(
    signed_in: SignIn, database_of_app: Database
) -> None:
    """Of 1,860 contacts three quarters are the first one's, which went live on 1 July; the second came on 1 August."""

    def make(session: Session) -> None:
        make_rate(session)
        reason = make_reason(session)
        for name, part, go_live_on in (("Label", 0.75, JULY), ("Mail", 0.25, AUGUST)):
            row = make_initiative(session, name=name, reasons=(reason,), stage="live", go_live_on=go_live_on)
            terms = PlanTerms(Boundary(frozenset({reason.id})), go_live_on, rates=(RATE,))
            plan = make_plan(session, row, frozenset({reason.id}), facts=plans.facts(terms))
            make_measurement(session, plan, avoided=round(1860 * part), figures=make_figures(share=part))

    database_of_app.write(make)
    client = signed_in("finance")
    page = read(client.get("/savings/2/2026-08").text)
    told = " ".join(page.text.replace("\u00a0", " ").split())
    assert "Shared among 2" in told
    for part in ("75.0 % 1,395", "25.0 % 465", "100.0 % 1,860", "first go-live 1 Jul 2026"):
        assert part in told.replace("%1", "% 1").replace("%4", "% 4"), part
    assert "go-live 1 Aug 2026" not in told
    links = {one.get("href") for one in page.all("a", class_="trace")}
    assert {"/savings/1/2026-08", "/savings/2/2026-08", "#shares"} <= links

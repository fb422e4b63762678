"""The measurement plan as people walk it: written, looked at, frozen, changed after go-live; nothing is lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import Database
from app.initiatives.tables import Initiative, Projection
from app.measurement import plan_queries
from app.measurement.plan_queries import PlanVersion
from app.people import trail_reading
from app.people.trail_reading import TrailFilter
from tests.builders import make_reason
from tests.initiative_builders import make_initiative, make_projection, make_rate
from tests.measurement.centre import looks, merged_with_a_step
from tests.measurement.plan_builders import Place, make_place, uneven
from tests.web.forms import filled
from tests.web.pages import read

NOW = datetime(2026, 9, 2, 9, 30, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def place(database_of_app: Database) -> Place:
    """Two years of 40 contacts a day; a projection of 20 %; to be live by 1 October 2026."""

    def make(session: Session) -> Place:
        make_rate(session)
        found = make_place(session, stage="progress", due_on=date(2026, 10, 1), channels=("phone",))
        row = session.get(Initiative, found.initiative_id)
        assert row is not None
        make_projection(session, row, frozen_at=NOW, frozen_by="Dana")
        return found

    return database_of_app.write(make)


def versions(database: Database) -> list[PlanVersion]:
    with database.reading() as session:
        return plan_queries.versions(session, 1)


def text_of(answer: TestResponse) -> str:
    return read(answer.text).text.replace("\u00a0", " ")


def opened(client: FlaskClient) -> dict[str, str]:
    return filled(read(client.get("/initiatives/1/plan/edit").text))


def frozen(client: FlaskClient) -> TestResponse:
    page = read(client.get("/initiatives/1/plan").text)
    sent = {name: page.one("input", name=name).get("value") for name in ("number", "seen")}
    return client.post("/initiatives/1/plan/freeze", data=sent)


def test_the_form_opens_with_what_the_initiative_says(signed_in: SignIn, place: Place) -> None:
    team = signed_in("team")
    assert read(team.get("/initiatives/1/plan").text).finding == "Nothing says yet how it will be measured."
    page = read(team.get("/initiatives/1/plan/edit").text)
    typed = filled(page)
    assert typed["reason_ids"] == [str(place.target.id)]
    assert typed["channels"] == ["phone"]
    assert (typed["go_live_on"], typed["crediting_months"]) == ("2026-10-01", "24")
    assert (typed["grain"], typed["method"], typed["shape"]) == ("day", "2", "step")
    sinks = [box.get("value") for box in page.all("input", name="sink_ids")]
    assert sinks[0] == str(place.sink.id), "“Other” is offered first"


def test_without_a_planned_day_the_go_live_is_the_start_of_the_projection(
    signed_in: SignIn, database_of_app: Database, place: Place
) -> None:
    assert place.initiative_id == 1
    database_of_app.write(lambda session: session.execute(update(Initiative).values(due_on=None)))
    assert opened(signed_in("team"))["go_live_on"] == "2026-01-01"


def test_a_plan_is_written_looked_at_and_frozen(signed_in: SignIn, database_of_app: Database, place: Place) -> None:
    team = signed_in("team", name="Marta")
    kept = team.post("/initiatives/1/plan/edit", data=opened(team) | {"sink_ids": [str(place.sink.id)]})
    assert (kept.status_code, kept.location) == (302, "/initiatives/1/plan")
    (draft,) = versions(database_of_app)
    assert draft.minimum_detectable is not None
    least = f"{draft.minimum_detectable:.0%}".replace("%", " %")
    words = text_of(team.get("/initiatives/1/plan"))
    assert f"An effect below {least} could not be seen." in words
    assert f"The projection promises 20 %; an effect below {least} could not be seen." in words
    assert "Might be re-labelled toOther" in words

    effect = text_of(team.get("/initiatives/1/plan/effect"))
    assert f"Could be seen from{least} fewer contacts over 90 days" in effect
    assert "Baseline2 Sep 2024 - 3 Jun 2026, 640 days" in effect
    came = list(uneven(40).values())[:640]
    assert f"Contacts a day{sum(came) / 640:.1f}" in effect
    assert "Missingno day of the baseline" in effect
    assert "Untouched reasons9" in effect
    part = team.get("/initiatives/1/plan/effect", headers={"HX-Request": "true"})
    assert "<html" not in part.text

    assert frozen(team).status_code == 302
    (plan,) = versions(database_of_app)
    words = text_of(signed_in("lead").get("/initiatives/1/plan"))
    assert "Version 1 is frozen, before go-live." in words
    assert "frozen Wed 2 Sep 2026, 09:30 by Marta" in words
    assert plan.hash is not None
    assert plan.hash in words
    assert "$6.00 per contact, from 1 Jan 2000 (Finance, budget 2026)" in words
    assert "Untouched reasons9: Beside" in words
    overview = text_of(team.get("/initiatives/1"))
    assert f"Measurement plan frozen 2 Sep 2026: an effect below {least} could not be seen." in overview


def test_a_promise_below_what_can_be_seen_is_said_to_read_as_noise(
    signed_in: SignIn, database_of_app: Database, place: Place
) -> None:
    def promise_little(session: Session) -> None:
        row = session.get(Initiative, place.initiative_id)
        assert row is not None
        make_projection(session, row, number=2, share_low_bp=200, share_likely_bp=300, share_high_bp=400)

    team = signed_in("team")
    team.post("/initiatives/1/plan/edit", data=opened(team))
    assert "noise" not in text_of(team.get("/initiatives/1/plan"))
    database_of_app.write(promise_little)
    database_of_app.write(lambda session: session.execute(update(Projection).values(frozen_at=NOW)))
    words = text_of(team.get("/initiatives/1/plan"))
    assert "The projection promises 3 %; an effect below" in words
    assert "could not be seen, so the promised one would most likely read as noise." in words


def test_the_second_editor_is_told_and_keeps_what_was_typed(
    signed_in: SignIn, database_of_app: Database, place: Place
) -> None:
    assert place.initiative_id == 1
    first, second = signed_in("team", name="Marta"), signed_in("team", name="Amara")
    form = opened(second)
    first.post("/initiatives/1/plan/edit", data=opened(first) | {"crediting_months": "12"})
    answer = second.post("/initiatives/1/plan/edit", data=form | {"crediting_months": "36"})
    assert answer.status_code == 409
    words = text_of(answer)
    assert "Marta wrote this plan since you opened it. Nothing was saved yet, and nothing is lost." in words
    assert "Countsfor 12 months, until 1 Oct 2027for 36 months, until 1 Oct 2029" in words
    typed = filled(read(answer.text))
    assert typed["crediting_months"] == "36"
    assert versions(database_of_app)[0].terms.crediting_months == 12
    assert second.post("/initiatives/1/plan/edit", data=typed).status_code == 302
    assert versions(database_of_app)[0].terms.crediting_months == 36


def test_both_buttons_pressed_twice_do_it_once(signed_in: SignIn, database_of_app: Database, place: Place) -> None:
    assert place.initiative_id == 1
    team = signed_in("team")
    form = opened(team)
    assert [team.post("/initiatives/1/plan/edit", data=form).status_code for _ in range(2)] == [302, 302]
    page = read(team.get("/initiatives/1/plan").text)
    sent = {name: page.one("input", name=name).get("value") for name in ("number", "seen")}
    assert [team.post("/initiatives/1/plan/freeze", data=sent).status_code for _ in range(2)] == [302, 302]
    assert [one.frozen_at for one in versions(database_of_app)] == [NOW]


def test_a_draft_that_changed_meanwhile_is_not_frozen(
    signed_in: SignIn, database_of_app: Database, place: Place
) -> None:
    assert place.initiative_id == 1
    team, sponsor = signed_in("team", name="Marta"), signed_in("sponsor")
    team.post("/initiatives/1/plan/edit", data=opened(team))
    page = read(sponsor.get("/initiatives/1/plan").text)
    sent = {name: page.one("input", name=name).get("value") for name in ("number", "seen")}
    team.post("/initiatives/1/plan/edit", data=opened(team) | {"crediting_months": "60"})
    answer = sponsor.post("/initiatives/1/plan/freeze", data=sent)
    assert answer.status_code == 422
    assert "Marta wrote this plan since you opened it." in text_of(answer)
    assert versions(database_of_app)[0].frozen_at is None
    assert frozen(sponsor).status_code == 302


def test_a_draft_can_be_thrown_away_once_by_who_saw_it(
    signed_in: SignIn, database_of_app: Database, place: Place
) -> None:
    assert place.initiative_id == 1
    team, sponsor = signed_in("team", name="Marta"), signed_in("sponsor")
    team.post("/initiatives/1/plan/edit", data=opened(team))
    page = read(team.get("/initiatives/1/plan").text)
    sent = {name: page.one("input", name=name).get("value") for name in ("number", "seen")}
    assert "Throw the draft away" not in text_of(sponsor.get("/initiatives/1/plan"))
    assert sponsor.post("/initiatives/1/plan/discard", data=sent).status_code == 403
    team.post("/initiatives/1/plan/edit", data=opened(team) | {"crediting_months": "60"})
    late = team.post("/initiatives/1/plan/discard", data=sent)
    assert late.status_code == 422
    assert "Marta wrote this plan since you opened it." in text_of(late)
    page = read(team.get("/initiatives/1/plan").text)
    sent = {name: page.one("input", name=name).get("value") for name in ("number", "seen")}
    assert [team.post("/initiatives/1/plan/discard", data=sent).status_code for _ in range(2)] == [302, 302]
    assert versions(database_of_app) == []
    assert "The draft is thrown away. What was frozen stays." in text_of(team.get("/initiatives/1/plan"))
    with database_of_app.reading() as session:
        (entry,) = trail_reading.changes(session, TrailFilter(action="plan.discarded"), before=None, limit=9)
    assert entry.before is not None
    assert (entry.by.name, entry.before["number"], entry.before["crediting_months"]) == ("Marta", 1, 60)


def test_a_frozen_plan_is_not_thrown_away(signed_in: SignIn, database_of_app: Database, place: Place) -> None:
    assert place.initiative_id == 1
    team = signed_in("team", name="Marta")
    team.post("/initiatives/1/plan/edit", data=opened(team))
    frozen(team)
    (plan,) = versions(database_of_app)
    assert "Throw the draft away" not in text_of(team.get("/initiatives/1/plan"))
    answer = team.post("/initiatives/1/plan/discard", data={"number": "1", "seen": plan.mark})
    assert answer.status_code == 422
    assert "Marta froze version 1 of this plan on 2 Sep 2026. It stays as it is." in text_of(answer)
    team.post("/initiatives/1/plan/edit", data=opened(team) | {"crediting_months": "12"})
    draft = versions(database_of_app)[1]
    assert team.post("/initiatives/1/plan/discard", data={"number": "2", "seen": draft.mark}).status_code == 302
    assert versions(database_of_app) == [plan]


def test_a_step_leads_to_the_register_where_two_people_confirm_it(signed_in: SignIn, database_of_app: Database) -> None:
    centre = database_of_app.write(merged_with_a_step)
    looks(database_of_app, centre.initiative_id)
    team, finance = signed_in("team"), signed_in("finance", name="Dora")
    page = read(team.get("/initiatives/1/plan").text)
    assert "A step On 2026-03-01 “Label lost” was merged into “Where is my label?”, and contacts stepped down by" in (
        page.text.replace("\u00a0", " ")
    )
    (link,) = [one.get("href") for one in page.all("a") if "kind=relabelling" in (one.get("href") or "")]
    typed = filled(read(team.get(link).text))
    assert (typed["kind"], typed["first_day"]) == ("relabelling", "2026-03-01")
    sent = typed | {"name": "Only the label", "evidence": "200 contacts tagged again"}
    assert team.post("/changes", data=sent).status_code == 302
    assert finance.post("/changes/1/decide", data={"decision": "approve", "note": "Read 50 of them"}).status_code == 302
    words = text_of(finance.get("/initiatives/1/plan"))
    assert "1 Mar 2026: Only the label, the labels moved no contacts." in words
    assert "A step" not in words
    assert "0 other changes are left out of the figures." in text_of(finance.get("/changes"))


def test_a_change_after_go_live_is_another_version_and_says_so(
    signed_in: SignIn, database_of_app: Database, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.initiative_id == 1
    team = signed_in("team", name="Marta")
    team.post("/initiatives/1/plan/edit", data=opened(team))
    frozen(team)
    later = NOW + timedelta(days=34)
    monkeypatch.setattr("app.clock.now", lambda: later)
    team.post("/initiatives/1/plan/edit", data=opened(team) | {"crediting_months": "12"})
    page = text_of(team.get("/initiatives/1/plan"))
    assert "Until then the frozen version holds." in page
    assert "every figure made with it will say that it was changed 5 days after go-live" in page
    frozen(team)
    words = text_of(team.get("/initiatives/1/plan"))
    assert "Version 2 is frozen, changed 5 days after go-live." in words
    assert "Counts: for 12 months, until 1 Oct 2027, before: for 24 months, until 1 Oct 2028" in words
    assert "Version 1 is frozen, before go-live." in text_of(team.get("/initiatives/1/plan?version=1"))
    assert [one.number for one in versions(database_of_app)] == [1, 2]
    assert team.get("/initiatives/1/plan?version=3").status_code == 404


def test_go_live_without_a_frozen_plan_is_warned_of_and_not_forbidden(signed_in: SignIn, place: Place) -> None:
    assert place.initiative_id == 1
    team = signed_in("team")
    words = text_of(team.get("/initiatives/1"))
    assert "No frozen plan After go-live every figure will say that its plan came late." in words
    team.post("/initiatives/1/plan/edit", data=opened(team))
    frozen(team)
    assert "No frozen plan" not in text_of(team.get("/initiatives/1"))


WRONG = [
    ({"go_live_on": ""}, "Choose the day of the go-live, or the one that is planned."),
    ({"go_live_on": "soon"}, "“soon” is no day."),
    ({"reason_ids": []}, "Choose at least one reason that the initiative removes."),
    ({"reason_ids": ["987654"]}, "is not in the list"),
    ({"full_on": "2026-09-01"}, "The full go-live, 1 Sep 2026, lies before 1 Oct 2026, the first."),
    ({"announced_on": "2026-10-02"}, "It was announced on 2 Oct 2026, after it went live"),
    ({"shape": "phased"}, "Write each part with its day and its share"),
    ({"shape": "phased", "phases": "2026-10-01"}, "“2026-10-01” is no part."),
    ({"shape": "phased", "phases": "tomorrow 25 %"}, "“tomorrow” is no day."),
    ({"shape": "phased", "phases": "2026-10-01 much"}, "“much” is no share."),
    ({"grain": "week"}, "Method 2 is for days; weeks and months are measured by method 1."),
    ({"grain": "hour"}, "is not in the list"),
    ({"driver": "orders"}, "is not in the list"),
    ({"crediting_months": "0"}, "A saving counts for 1 to 60 months."),
    ({"crediting_months": "two"}, "“two” is no whole number."),
    ({"agreed_share_bp": "120"}, "The agreed share is above 0 % and at most 100 %."),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_every_fault_of_a_plan_is_a_sentence_and_nothing_is_saved(
    signed_in: SignIn, database_of_app: Database, place: Place, change: dict[str, str], sentence: str
) -> None:
    assert place.initiative_id == 1
    team = signed_in("team")
    answer = team.post("/initiatives/1/plan/edit", data=opened(team) | change)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert versions(database_of_app) == []


def test_parts_are_kept_as_they_were_typed(signed_in: SignIn, database_of_app: Database, place: Place) -> None:
    assert place.initiative_id == 1
    team = signed_in("team")
    parts = "2026-10-01 25 %\n\n2026-11-01 100"
    team.post("/initiatives/1/plan/edit", data=opened(team) | {"shape": "phased", "phases": parts})
    assert [one.share_bp for one in versions(database_of_app)[0].terms.phases] == [2500, 10_000]
    assert "in parts: 25 % from 1 Oct 2026, 100 % from 1 Nov 2026" in text_of(team.get("/initiatives/1/plan"))
    assert opened(team)["phases"].strip().splitlines() == ["2026-10-01 25 %", "2026-11-01 100 %"]


def test_a_plan_without_contacts_or_rates_says_what_to_do(signed_in: SignIn, database_of_app: Database) -> None:
    def make(session: Session) -> None:
        make_initiative(session, reasons=(make_reason(session),))

    database_of_app.write(make)
    team = signed_in("team")
    team.post("/initiatives/1/plan/edit", data=opened(team) | {"go_live_on": "2026-10-01"})
    assert "No contacts are counted yet" in text_of(team.get("/initiatives/1/plan/effect"))
    answer = frozen(team)
    assert answer.status_code == 422
    assert "No cost per contact is set" in text_of(answer)
    assert team.get("/initiatives/99/plan").status_code == 404
    assert team.post("/initiatives/1/plan/freeze", data={"number": "9", "seen": "x"}).status_code == 404
    assert team.post("/initiatives/1/plan/freeze", data={}).status_code == 404


def test_without_a_plan_there_is_no_effect_to_show(signed_in: SignIn, database_of_app: Database) -> None:
    database_of_app.write(make_initiative)
    assert signed_in("team").get("/initiatives/1/plan/effect").status_code == 404


def test_what_was_typed_survives_a_session_that_ended(app: Flask, signed_in: SignIn, place: Place) -> None:
    assert place.initiative_id == 1
    form = opened(signed_in("team")) | {"crediting_months": "17"}
    answer = app.test_client().post("/initiatives/1/plan/edit", data=form)
    assert answer.status_code == 401
    kept = filled(read(answer.text))
    assert (kept["crediting_months"], kept["reason_ids"]) == ("17", str(place.target.id))


def test_a_go_live_on_another_day_than_planned_is_said(
    signed_in: SignIn, database_of_app: Database, place: Place
) -> None:
    team = signed_in("team")
    team.post("/initiatives/1/plan/edit", data=opened(team))
    frozen(team)
    assert "Another day" not in text_of(team.get("/initiatives/1/plan"))

    def go_live(session: Session) -> None:
        row = session.get(Initiative, place.initiative_id)
        assert row is not None
        row.go_live_on = date(2026, 9, 1)

    database_of_app.write(go_live)
    assert "Go-live1 Oct 2026 Another day INI-01 went live on 1 Sep 2026." in text_of(team.get("/initiatives/1/plan"))

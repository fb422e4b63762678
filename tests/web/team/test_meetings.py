"""The weekly meeting in a browser without scripts: plain forms, sentences for nonsense, nothing doubled."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.counting.tables import DailyTotal
from app.db import Database
from app.initiatives import actions as initiatives
from app.initiatives.rules import Plan
from app.meetings import actions, queries
from app.meetings.rules import Owner, TakenOn
from app.values.periods import week_named
from tests.builders import TESTER, make_reason, make_source, make_user

NOW = datetime(2026, 11, 17, 10, 5, tzinfo=UTC)
TODAY = NOW.date()
THIS_WEEK, LAST_WEEK = week_named("2026-W47"), week_named("2026-W46")
PAGE = "/meetings/2026-W47"
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


def text_of(response: TestResponse) -> str:
    """What a person reads, without tags and line ends."""
    page = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(page.replace("\u00a0", " ").split())


def kept_actions(database: Database) -> list[tuple[str, str, date]]:
    with database.reading() as session:
        return [(kept.words, kept.owner, kept.due_on) for kept in queries.actions(session, THIS_WEEK)]


def kept_decisions(database: Database) -> list[str]:
    with database.reading() as session:
        return [kept.words for kept in queries.decisions(session, THIS_WEEK)]


def make_action(database: Database, words: str, *, on: date, due_on: date) -> int:
    taken = TakenOn(words, Owner(None, "Tom Okafor"), due_on)
    return database.write(lambda session: actions.add_action(session, on, taken, key=words, by=TESTER, at=NOW))


def make_weeks(session: Session, counts: dict[str, list[int]]) -> None:
    """Handled calls of each day up to and including last week, the same on all days of a week."""
    source = make_source(session)
    for name, weekly in counts.items():
        reason = make_reason(session, name)
        for back, handled in enumerate(reversed(weekly)):
            for day in range(7):
                session.add(
                    DailyTotal(
                        day=LAST_WEEK.start + timedelta(days=day - 7 * back),
                        reason_id=reason.id,
                        channel="phone",
                        source_id=source.id,
                        handled=handled,
                        abandoned=0,
                        outbound=0,
                        timed=handled,
                        handle_seconds=handled * 300,
                    )
                )


def form_key(page: str, form: str) -> str:
    found = re.search(rf'id="{form}".*?name="key"[^>]*value="([0-9a-f]+)"', page, flags=re.DOTALL)
    assert found
    return found[1]


def test_an_empty_installation_says_what_to_do_first(signed_in: SignIn) -> None:
    page = text_of(signed_in("team").get(PAGE))
    assert "No contacts of 2026-W46 are in." in page
    assert "No initiative has been started yet." in page
    assert "No action has been taken on yet." in page


def test_the_page_is_in_meeting_mode(signed_in: SignIn) -> None:
    assert 'data-mode="meeting"' in signed_in("team").get(PAGE).text


def test_the_list_leads_to_this_week_and_to_earlier_ones(signed_in: SignIn, database_of_app: Database) -> None:
    make_action(database_of_app, "Call Northline", on=LAST_WEEK.start, due_on=date(2026, 11, 13))
    response = signed_in("team").get("/meetings")
    assert 'href="/meetings/2026-W47"' in response.text
    assert 'href="/meetings/2026-W46"' in response.text
    assert "1 action is open, 1 of them overdue." in text_of(response)


def test_a_line_of_three_fields_becomes_an_action(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("team")
    database_of_app.write(lambda session: make_user(session, name="Marta Lindqvist"))
    answer = client.post(
        f"{PAGE}/actions", data={"words": "Labels for two lines", "owner": "marta", "due": "next tue", "key": "ab"}
    )
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#actions")
    assert kept_actions(database_of_app) == [("Labels for two lines", "Marta Lindqvist", date(2026, 11, 24))]
    page = text_of(client.get(PAGE))
    assert "Marta Lindqvist has it until Tue 24 Nov: Labels for two lines" in page
    assert "1 action is open, none overdue." in page


def test_a_line_becomes_a_decision_and_leads_back_to_the_screen(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("lead")
    answer = client.post(f"{PAGE}/decisions", data={"words": "Stop the paper notice", "key": "ab", "screen": "board"})
    assert answer.location == f"{PAGE}#board"
    assert kept_decisions(database_of_app) == ["Stop the paper notice"]
    assert "Stop the paper notice" in text_of(client.get(PAGE))


def test_a_made_up_screen_leads_to_the_actions(signed_in: SignIn) -> None:
    sent = {"words": "Stop it", "key": "ab", "screen": "//elsewhere.example"}
    assert signed_in("team").post(f"{PAGE}/decisions", data=sent).location == f"{PAGE}#actions"


def test_a_form_sent_twice_makes_one_and_a_new_form_makes_another(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("team")
    first = {"words": "Call", "owner": "Tom", "due": "fri", "key": form_key(client.get(PAGE).text, "new-action")}
    second = {**first, "key": form_key(client.get(PAGE).text, "new-action")}
    for sent in (first, first, second):
        assert client.post(f"{PAGE}/actions", data=sent).status_code == 303
    assert len(kept_actions(database_of_app)) == 2


def test_going_back_and_writing_something_else_loses_nothing(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("team")
    key = form_key(client.get(PAGE).text, "new-decision")
    for words in ("Stop the paper notice", "Stop the paper catalogue"):
        client.post(f"{PAGE}/decisions", data={"words": words, "key": key})
    assert kept_decisions(database_of_app) == ["Stop the paper notice", "Stop the paper catalogue"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("words", " ", "The action has no words yet."),
        ("owner", "", "An action needs an owner."),
        ("due", "", "An action needs a day by which it is done."),
        ("due", "soonish", "“soonish” is no day that can be understood."),
        ("due", "2026-11-16", "16 Nov 2026 is over: an action is due today (17 Nov 2026) or later."),
        ("words", "x" * 501, "The action has 501 characters; 500 is the most."),
    ],
)
def test_what_cannot_be_understood_is_said_and_what_was_typed_is_kept(
    signed_in: SignIn, database_of_app: Database, field: str, typed: str, sentence: str
) -> None:
    sent = {"words": "Call Northline", "owner": "Tom Okafor", "due": "fri", "key": "ab", field: typed}
    answer = signed_in("team").post(f"{PAGE}/actions", data=sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    for name, value in sent.items():
        if value.strip() and name != field:
            assert f'value="{value}"' in answer.text
    assert kept_actions(database_of_app) == []


def test_every_wrong_field_is_said_at_once(signed_in: SignIn) -> None:
    page = text_of(signed_in("team").post(f"{PAGE}/actions", data={}))
    for sentence in ("The action has no words yet.", "An action needs an owner.", "An action needs a day"):
        assert sentence in page


def test_an_action_is_ticked_off_and_opened_again(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("team")
    number = make_action(database_of_app, "Call Northline", on=TODAY, due_on=date(2026, 11, 20))
    for done, state in (("yes", "Done Tue 17 Nov"), ("yes", "Done Tue 17 Nov"), ("no", "1 action is open")):
        client.post(f"{PAGE}/actions/{number}", data={"done": done})
        assert state in text_of(client.get(PAGE))


def test_ticking_off_what_is_not_there_says_so(signed_in: SignIn) -> None:
    answer = signed_in("team").post(f"{PAGE}/actions/4711", data={"done": "yes"})
    assert answer.status_code == 404
    assert "This action is not kept any more." in text_of(answer)


def test_open_actions_of_earlier_weeks_are_read_back(signed_in: SignIn, database_of_app: Database) -> None:
    make_action(database_of_app, "Reword the page", on=LAST_WEEK.start, due_on=date(2026, 11, 8))
    page = text_of(signed_in("team").get(PAGE))
    assert "Carried from earlier weeks" in page
    assert "Reword the page 2026-W46 Tom Okafor Sun 8 Nov 9 days overdue" in page
    assert "1 action is overdue." in page


@pytest.mark.parametrize("role", ["sponsor", "finance", "admin"])
def test_those_who_only_read_see_no_form_and_cannot_write(
    signed_in: SignIn, database_of_app: Database, role: str
) -> None:
    number = make_action(database_of_app, "Call Northline", on=TODAY, due_on=date(2026, 11, 20))
    client = signed_in(role)
    page = client.get(PAGE)
    assert "Call Northline" in page.text
    assert "<form" not in page.text.replace('<form method="dialog"', "")
    for path in ("actions", "decisions", f"actions/{number}"):
        assert client.post(f"{PAGE}/{path}", data={"words": "x", "done": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ("2026-W54", "“2026-W54” is no week. Write it like 2026-W37."),
        ("next", "“next” is no week."),
        ("2026-W48", "2026-W48 has not begun. The meeting of this week is 2026-W47."),
        ("9999-W52", "“9999-W52” is no week."),
        ("0001-W01", "0001-W01 lies before every meeting."),
        ("1981-W01", None),
    ],
)
def test_a_week_that_cannot_have_a_meeting_gets_a_sentence(signed_in: SignIn, week: str, sentence: str | None) -> None:
    client = signed_in("team")
    answer = client.get(f"/meetings/{week}")
    assert answer.status_code == (200 if sentence is None else 422)
    assert sentence is None or sentence in text_of(answer)
    if sentence is not None:
        assert client.post(f"/meetings/{week}/decisions", data={"words": "x", "key": "k"}).status_code == 422


def test_movers_are_named_in_the_sentence_and_marked_in_the_table(signed_in: SignIn, database_of_app: Database) -> None:
    # Days of 10 and 12 alternate by weeks: the mean week is 77, a change 14, the limits 77 ± 37.24.
    routine = [10, 12, 10, 12, 10, 12, 10, 12]
    database_of_app.write(
        lambda session: make_weeks(session, {"Payment refused": [*routine, 20], "Where is it?": [*routine, 12]})
    )
    response = signed_in("team").get(PAGE)
    page = text_of(response)
    assert "2026-W46 brought 224 contacts, within routine variation." in page
    assert "“Payment refused” rose outside routine variation." in page
    assert "Payment refused 140 62 % 40 - 114 Up" in page
    assert re.search(r"Where is it\? 84 38 % 40 - 114 (?!Up|Down)", page)


def test_late_and_idle_initiatives_are_marked_in_words(signed_in: SignIn, database_of_app: Database) -> None:
    def make(session: Session) -> None:
        for name, days_ago, due_on in (
            ("Late one", 3, date(2026, 11, 8)),
            ("Idle one", 16, None),
            ("Fresh one", 14, date(2026, 12, 1)),
        ):
            at = NOW - timedelta(days=days_ago)
            initiatives.start(session, Plan(name, due_on=due_on), by=TESTER, at=at, today=at.date())

    database_of_app.write(make)
    page = text_of(signed_in("sponsor").get(PAGE))
    assert "2 initiatives need a word: 1 overdue, 1 stale." in page
    assert "Idea 3 Late one No owner yet 9 days overdue Idle one No owner yet Stale, 16 days Fresh one" in page

"""The ranking from the database against one made naively from the same contacts, and the command that prints it."""

import csv
import io
import json
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contacts import days
from app.contacts.tables import Contact
from app.costing.actions import set_rate
from app.costing.rules import Rate
from app.counting.actions import recount_touched
from app.db import Database
from app.ranking import queries
from app.ranking.rules import Question
from app.reasons import actions as reason_actions
from app.reasons import queries as reasons
from app.values.money import Money
from app.values.periods import Period
from tests.builders import AT, TESTER, make_contact, make_reason, make_source

STAMP: dict[str, Any] = {"by": TESTER, "at": AT}
FIRST = date(2026, 1, 5)
PERIOD = Period(date(2026, 1, 19), date(2026, 2, 2))
CHANGE_OF_RATE = date(2026, 1, 26)


def make_contacts(session: Session, how_many: int = 400) -> list[Contact]:
    draw = random.Random(11)
    tops = [make_reason(session, f"Group {number}") for number in range(3)]
    leaves = [make_reason(session, f"Leaf {number}", parent=tops[number % 3]) for number in range(6)]
    sources = [make_source(session, "City"), make_source(session, "County")]
    made = []
    for _ in range(how_many):
        day = FIRST + timedelta(days=draw.randrange(28))
        made.append(
            make_contact(
                session,
                occurred_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
                reason=draw.choice([None, *tops, *leaves]),
                source=draw.choice(sources),
                channel=draw.choice(("phone", "email")),
                direction=draw.choice(("inbound", "inbound", "inbound", "outbound")),
                is_abandoned=draw.random() < 0.1,
                handle_seconds=draw.choice((None, 200, 400)),
            )
        )
    days.touch(session, {contact.day for contact in made})
    while recount_touched(session):
        pass
    return made


def handled(contacts: list[Contact], **fields: Any) -> list[Contact]:
    return [
        one
        for one in contacts
        if one.day in PERIOD
        and one.direction == "inbound"
        and not one.is_abandoned
        and all(getattr(one, name) == value for name, value in fields.items())
    ]


def test_the_ranking_equals_a_count_contact_by_contact(session: Session) -> None:
    contacts = make_contacts(session)
    ranking = queries.ranking(session, Question(PERIOD))
    counted = Counter(one.reason_id for one in handled(contacts))
    assert ranking.contacts == sum(counted.values())
    assert ranking.tagged == ranking.contacts - counted.pop(None)
    assert {row.reason_id: row.contacts for row in ranking.rows} == counted
    assert [row.contacts for row in ranking.rows] == sorted(counted.values(), reverse=True)
    before = [one for one in contacts if FIRST <= one.day < PERIOD.start]
    assert ranking.contacts_before == sum(one.direction == "inbound" and not one.is_abandoned for one in before)


def test_channel_and_source_narrow_the_ranking(session: Session) -> None:
    contacts = make_contacts(session)
    source_id = contacts[0].source_id
    ranking = queries.ranking(session, Question(PERIOD, channel="email", source_id=source_id))
    assert ranking.contacts == len(handled(contacts, channel="email", source_id=source_id))


def test_each_contact_costs_the_rate_of_its_own_day(session: Session) -> None:
    contacts = make_contacts(session)
    for channel, day, basis, minor in (
        ("phone", date(2025, 1, 1), "contact", 600),
        ("phone", CHANGE_OF_RATE, "contact", 650),
        ("email", date(2025, 1, 1), "minute", 70),
    ):
        set_rate(session, Rate(channel, day, basis, Money(minor, "USD"), "Finance"), **STAMP)
    ranking = queries.ranking(session, Question(PERIOD))
    timed = [one.handle_seconds for one in handled(contacts, channel="email") if one.handle_seconds is not None]
    average = Fraction(sum(timed), len(timed))
    expected: dict[int, Fraction] = {}
    for one in handled(contacts):
        if one.channel == "phone":
            cost = Fraction(600 if one.day < CHANGE_OF_RATE else 650)
        else:
            cost = Fraction(average if one.handle_seconds is None else one.handle_seconds) * 70 / 60
        if one.reason_id is not None:
            expected[one.reason_id] = expected.get(one.reason_id, Fraction(0)) + cost
    assert {row.reason_id: row.figures.cost.minor for row in ranking.rows} == expected


def test_weeks_of_a_reason_equal_a_count_contact_by_contact(session: Session) -> None:
    contacts = make_contacts(session)
    mondays = [PERIOD.start, PERIOD.start + timedelta(days=7)]
    tree = reasons.tree(session)
    weekly = queries.weekly(session, Question(PERIOD, level=1, channel="phone"), mondays, tree)
    expected: dict[int, list[int]] = {}
    for one in handled(contacts, channel="phone"):
        if one.reason_id is not None:
            weeks = expected.setdefault(tree.ancestor(one.reason_id, 1), [0, 0])
            weeks[(one.day - PERIOD.start).days // 7] += 1
    assert weekly == expected


def test_a_rename_and_a_merge_change_what_is_read_and_no_total(session: Session) -> None:
    contacts = make_contacts(session)
    before = queries.ranking(session, Question(PERIOD))
    first, second = before.rows[0], before.rows[1]
    day = date(2026, 6, 1)
    reason_actions.rename(session, first.reason_id, "Called otherwise", valid_from=day, **STAMP)
    reason_actions.merge(session, second.reason_id, first.reason_id, valid_from=day, **STAMP)
    after = queries.ranking(session, Question(PERIOD))
    assert (after.rows[0].name, after.rows[0].contacts) == ("Called otherwise", first.contacts + second.contacts)
    assert after.contacts == len(handled(contacts))
    as_it_was = queries.ranking(session, Question(PERIOD, tree_of=date(2026, 5, 31)))
    assert as_it_was.rows == before.rows


@pytest.fixture
def counted_app(app: Flask) -> Flask:
    database: Database = app.extensions["database"]

    def work(session: Session) -> None:
        late = make_reason(session, "Late", parent=make_reason(session, "Delivery"))
        other = make_reason(session, "Other", is_other=True)
        source = make_source(session, "City")
        at = datetime(2026, 1, 20, 12, tzinfo=UTC)
        for reason in (late, late, other, None):
            make_contact(session, reason=reason, source=source, occurred_at=at, handle_seconds=100 if reason else None)
        days.touch(session, [at.date()])
        recount_touched(session)

    database.write(work)
    return app


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["ranking", "show", *arguments])


def test_the_command_prints_one_json_object_under_the_agreed_names(counted_app: Flask) -> None:
    result = run(counted_app, "--from", "2026-01-01", "--to", "2026-02-01", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["start"], found["end"], found["contacts"], found["tagged"]) == ("2026-01-01", "2026-02-01", 4, 3)
    assert (found["coverage"], found["other_share"]) == (0.75, 1 / 3)
    first = {name: value for name, value in found["reasons"][0].items() if name != "reason_id"}
    assert first == {
        "reason": "Late",
        "path": "Delivery > Late",
        "contacts": 2,
        "share": 2 / 3,
        "cumulative_share": 2 / 3,
        "handle_seconds": 200,
        "cost_minor": None,
        "currency": None,
        "per_100_driver": None,
        "repeat_share": None,
    }


def test_the_command_ranks_a_level_and_prints_csv(counted_app: Flask) -> None:
    result = run(counted_app, "--from", "2026-01-01", "--to", "2026-02-01", "--level", "1", "--csv")
    assert [(row["path"], row["contacts"]) for row in csv.DictReader(io.StringIO(result.stdout))] == [
        ("Delivery", "2"),
        ("Other", "1"),
    ]


def test_the_end_of_the_range_is_not_included(counted_app: Flask) -> None:
    result = run(counted_app, "--from", "2026-01-01", "--to", "2026-01-20", "--json")
    assert json.loads(result.stdout)["contacts"] == 0
    assert json.loads(result.stdout)["coverage"] is None


def test_the_command_reads_for_people_too(counted_app: Flask) -> None:
    result = run(counted_app, "--from", "2026-01-01", "--to", "2026-02-01")
    assert result.stdout.splitlines()[0] == "4\u00a0contacts, 75.0\u00a0% of them with a reason"
    assert "Delivery > Late" in result.stdout.splitlines()[1]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--from", "2026-02-01", "--to", "2026-01-01"), 1, "before or on its start"),
        (("--from", "2026-01-01", "--to", "2026-02-01", "--source", "Nowhere"), 1, "no source “Nowhere”"),
        (("--from", "yesterday", "--to", "2026-02-01"), 2, "yesterday"),
        (("--from", "2026-01-01"), 2, "--to"),
        (("--from", "2026-01-01", "--to", "2026-02-01", "--level", "4"), 2, "--level"),
        (("--from", "2026-01-01", "--to", "2026-02-01", "--csv", "--json"), 2, "not both"),
    ],
)
def test_wrong_input_is_said_in_a_sentence(
    counted_app: Flask, arguments: tuple[str, ...], status: int, words: str
) -> None:
    result = run(counted_app, *arguments)
    assert result.exit_code == status
    assert words in result.stderr
    assert result.stdout == ""

"""What is booked stands once, is never edited, and follows other figures by a reversal and a new entry."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives import queries as initiatives
from app.initiatives.tables import Initiative
from app.ledger import actions, chain, claiming, entry_queries
from app.ledger.entries import Recorded
from app.ledger.entry_queries import Wanted
from app.ledger.rules import Booking
from app.ledger.tables import LedgerEntry
from app.people.rules import Actor
from app.people.tables import AuditEntry
from app.values.errors import Refused
from app.values.money import Money
from tests.builders import AT
from tests.crowd import at_once
from tests.initiative_builders import make_initiative
from tests.ledger_builders import AUGUST, JULY, STAMP, TODAY, actor, dollars, make_booking, make_claim, make_company


def rows(session: Session) -> list[tuple[int, str, int, int | None]]:
    """Number, kind, minor units and what it reverses, in order."""
    query = select(LedgerEntry.number, LedgerEntry.kind, LedgerEntry.amount_minor, LedgerEntry.reverses)
    found = session.execute(query.order_by(LedgerEntry.number))
    return [(number, kind, minor, reverses) for number, kind, minor, reverses in found]


def standing(session: Session) -> list[Recorded]:
    return entry_queries.standing(session)


def test_what_is_booked_is_read_back_as_it_was(session: Session) -> None:
    initiative = make_initiative(session)
    booking = make_booking(initiative.id, basis={"share": 0.1, "whole": 5.0, "days": (1, 2), "at": date(2026, 8, 1)})
    actions.book(session, [booking], **STAMP)
    session.expire_all()
    entry = entry_queries.entry(session, 1)
    assert entry.facts.basis == {"share": 0.1, "whole": 5, "days": [1, 2], "at": "2026-08-01"}
    assert replace(entry.facts, basis={}) == replace(booking, basis={})
    assert (entry.at, entry.by) == (AT, Actor(None, "a test"))
    assert list(chain.breaks(session)) == []


def test_the_same_figures_booked_again_add_nothing(session: Session) -> None:
    booking = make_booking(make_initiative(session).id)
    first = actions.book(session, [booking], **STAMP)
    again = actions.book(session, [replace(booking, basis={"looked": "again"})], **STAMP)
    assert (first.added, first.reversed) == ((1,), ())
    assert (again.added, again.reversed, again.kept_out) == ((), (), ())
    assert len(session.scalars(select(AuditEntry)).all()) == 1


@pytest.mark.parametrize(
    "change", [{"amount": dollars(900)}, {"contacts": 1}, {"plan_hash": "c" * 64}, {"method_version": "2.1"}]
)
def test_other_figures_reverse_the_old_entry_and_add_a_new_one(session: Session, change: dict[str, object]) -> None:
    booking = make_booking(make_initiative(session).id)
    actions.book(session, [booking], **STAMP)
    other = replace(booking, **change)  # type: ignore[arg-type]
    booked = actions.book(session, [other], **STAMP)
    assert (booked.reversed, booked.added) == ((2,), (3,))
    assert rows(session) == [
        (1, "realised", 100_000, None),
        (2, "realised", -100_000, 1),
        (3, "realised", other.amount.amount_minor, None),
    ]
    assert [entry.facts.figures for entry in standing(session)] == [other.figures]


def test_each_kind_month_and_initiative_stands_by_itself(session: Session) -> None:
    one, two = make_initiative(session).id, make_initiative(session).id
    bookings = [
        make_booking(one),
        make_booking(one, JULY),
        make_booking(one, kind="projected", amount=1500),
        make_booking(one, kind="forecast", amount=1200),
        make_booking(two, amount=-300),
    ]
    assert actions.book(session, bookings, **STAMP).added == (1, 2, 3, 4, 5)
    sums = [(one.kind, one.entries, one.amount) for one in entry_queries.sums(session, Wanted())]
    assert sums == [
        ("forecast", 1, dollars(1200)),
        ("projected", 1, dollars(1500)),
        ("realised", 3, dollars(1700)),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "validated"}, "made by finance's decision"),
        ({"month": date(2026, 8, 2)}, "named by its first day"),
        ({"column": "cash"}, "the dated act"),
        ({"column": "hope"}, "the dated act"),
        ({"amount": Money(10**15 + 1, "USD")}, "larger than"),
        ({"amount": Money(1, "EUR")}, "EUR and USD are never added"),
    ],
)
def test_what_the_ledger_cannot_hold_is_refused_whole(session: Session, change: dict[str, object], words: str) -> None:
    booking = make_booking(make_initiative(session).id)
    with pytest.raises(Refused, match=words):
        actions.book(session, [booking, replace(booking, month=JULY), replace(booking, **change)], **STAMP)  # type: ignore[arg-type]
    assert rows(session) == []


def test_the_ledger_keeps_the_currency_that_it_has(session: Session) -> None:
    booking = make_booking(make_initiative(session).id)
    actions.book(session, [booking], **STAMP)
    with pytest.raises(Refused, match="EUR and USD are never added"):
        actions.book(session, [replace(booking, amount=Money(1, "EUR"))], **STAMP)


def test_a_month_that_finance_signed_is_not_booked_anew(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company)
    claiming.approve(session, claim_id, by=actor(company.finance), at=AT, today=TODAY)
    other = make_booking(company.initiative.id, amount=400)
    booked = actions.book(session, [other], **STAMP)
    assert (booked.added, booked.reversed, booked.kept_out) == ((), (), (other,))
    assert [entry.facts.amount for entry in standing(session)] == [dollars(1000), dollars(1000)]


def test_a_person_of_finance_takes_a_signed_month_back_and_it_can_be_booked_and_claimed_again(session: Session) -> None:
    company = make_company(session)
    claiming.approve(session, make_claim(session, company), by=actor(company.finance), at=AT, today=TODAY)
    for _ in range(2):
        actions.reverse(session, 2, "Rates were wrong.", by=actor(company.second), at=AT)
    assert [row[3] for row in rows(session)] == [None, None, 2, 1]
    assert standing(session) == []
    booked = actions.book(session, [make_booking(company.initiative.id, amount=800)], **STAMP)
    claim_id = claiming.claim(session, booked.added[0], by=actor(company.owner), at=AT)
    claiming.approve(session, claim_id, by=actor(company.finance), at=AT, today=TODAY)
    assert [entry.facts.amount for entry in standing(session)] == [dollars(800), dollars(800)]
    assert list(chain.breaks(session)) == []


def test_with_its_last_signed_month_taken_back_a_validated_initiative_is_live_again(session: Session) -> None:
    company = make_company(session)
    stamp: dict[str, Any] = {"by": actor(company.finance), "at": AT, "today": TODAY}
    for month in (JULY, AUGUST):
        claiming.approve(session, make_claim(session, company, month=month), **stamp)
    one = company.initiative.id
    for number, stage in ((2, "validated"), (4, "live")):
        actions.reverse(session, number, "Rates were wrong.", by=actor(company.second), at=AT)
        assert session.get_one(Initiative, one).stage == stage
    last = initiatives.history(session, one)[-1]
    assert (last.stage, last.by, last.note) == ("live", "Fred", "No signed month is left: Rates were wrong.")
    actions.reverse(session, 4, "Once more.", by=actor(company.second), at=AT)
    assert initiatives.history(session, one)[-1] == last
    again = make_claim(session, company, amount=800)
    claiming.approve(session, again, **stamp)
    assert session.get_one(Initiative, one).stage == "validated"


def test_a_closed_initiative_stays_closed_and_a_claim_taken_back_unsigned_moves_nothing(session: Session) -> None:
    company = make_company(session, stage="closed")
    claiming.approve(session, make_claim(session, company), by=actor(company.finance), at=AT, today=TODAY)
    actions.reverse(session, 2, "x", by=actor(company.second), at=AT)
    assert session.get_one(Initiative, company.initiative.id).stage == "closed"
    other = make_company(session)
    make_claim(session, other)
    actions.reverse(session, entry_queries.standing(session)[-1].number, "x", by=actor(other.finance), at=AT)
    assert session.get_one(Initiative, other.initiative.id).stage == "live"
    assert len(initiatives.history(session, other.initiative.id)) == 1


def test_a_reversal_by_a_person_needs_a_reason_and_free_hands(session: Session) -> None:
    company = make_company(session)
    make_claim(session, company)
    with pytest.raises(Refused, match="Say why"):
        actions.reverse(session, 1, " ", by=actor(company.finance), at=AT)
    with pytest.raises(Refused, match="You own"):
        actions.reverse(session, 1, "x", by=actor(company.owner), at=AT)
    actions.book(session, [make_booking(company.initiative.id, kind="projected")], **STAMP)
    with pytest.raises(Refused, match="Only a realised or validated"):
        actions.reverse(session, 2, "x", by=actor(company.finance), at=AT)


def test_two_who_book_at_once_leave_one_chain(database: Database) -> None:
    initiative_id = database.write(lambda session: make_initiative(session).id)

    def book(booking: Booking) -> None:
        database.write(lambda session: actions.book(session, [booking], **STAMP))

    same, other = make_booking(initiative_id), make_booking(initiative_id, JULY)
    at_once(lambda: book(same), lambda: book(same), lambda: book(other), lambda: book(other))
    with database.reading() as session:
        assert len(rows(session)) == 2
        assert {entry.facts.month for entry in standing(session)} == {JULY, AUGUST}
        assert list(chain.breaks(session)) == []

"""What holds for every ledger, tried with generated bookings."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import actions, chain, entries, entry_queries, proposing
from app.ledger.entries import Recorded
from app.ledger.entry_queries import Wanted
from app.ledger.rules import Booking
from app.ledger.tables import LedgerEntry
from app.measurement.netting import Claim, Costs, PricedChannel, net
from app.measurement.plan_queries import Measured, PlanVersion
from app.measurement.plans import Boundary, PlanTerms
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.money import Money
from app.values.periods import Period, next_month
from tests.builders import AT
from tests.initiative_builders import make_initiative
from tests.ledger_builders import JULY, STAMP, make_booking

MONTHS = [month.start for month in Period(date(2026, 1, 1), date(2026, 7, 1)).months()]
KINDS = st.sampled_from(["projected", "forecast", "realised"])
AMOUNTS = st.integers(-(10**9), 10**9)
ROUNDS = st.lists(
    st.lists(st.tuples(st.sampled_from(MONTHS), KINDS, AMOUNTS), min_size=1, max_size=8), min_size=1, max_size=5
)


def booking(initiative_id: int, month: date, kind: str, minor: int) -> Booking:
    return make_booking(initiative_id, month, kind=kind, amount=Money(minor, "USD"), contacts=minor // 100)


@given(ROUNDS)
@settings(deadline=None, max_examples=25)
def test_totals_equal_the_entries_and_the_last_booking_stands(
    shared_sqlite: Database, rounds: Sequence[Sequence[tuple[date, str, int]]]
) -> None:
    with Session(shared_sqlite.engine, expire_on_commit=False) as session:
        session.execute(delete(LedgerEntry))
        initiative_id = make_initiative(session).id
        last: dict[tuple[date, str], int] = {}
        for bookings in rounds:
            actions.book(session, [booking(initiative_id, *one) for one in bookings], **STAMP)
            last |= {(month, kind): minor for month, kind, minor in bookings}
        stands = {(one.facts.month, one.facts.kind): one.facts.amount.amount_minor for one in _stands(session)}
        assert stands == last
        by_kind: Counter[str] = Counter()
        for (_, kind), minor in last.items():
            by_kind[kind] += minor
        sums = {one.kind: one.amount.amount_minor for one in entry_queries.sums(session, Wanted())}
        assert sums == by_kind
        every = list(entry_queries.every(session, Wanted()))
        assert entries.total(every, "USD").amount_minor == sum(last.values())
        assert list(chain.breaks(session)) == []
        session.rollback()


def _stands(session: Session) -> list[Recorded]:
    return entry_queries.standing(session)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.booleans()), min_size=1, max_size=24))
def test_realised_months_add_up_to_the_cumulative_booked_figure(looks: list[tuple[int, bool]]) -> None:
    terms = PlanTerms(Boundary(frozenset({1})), go_live_on=date(2026, 1, 1), crediting_months=60)
    plan = PlanVersion(1, 7, 1, terms, None, AT, "x", AT, "x", "a" * 64, "a mark")
    measured, month = [], date(2026, 1, 1)
    for number, (booked, _) in enumerate(looks, start=1):
        measured.append(look(number, month, booked))
        month = next_month(month)
    found = list(proposing.realised(measured, {1: plan}, []))
    for number, (booked, _) in enumerate(looks):
        assert sum(one.amount.amount_minor for one in found[: number + 1]) == booked
        assert sum(one.contacts for one in found[: number + 1]) == booked // 500

    # What finance signed stays; what was found otherwise since then falls into the months after it.
    kept = [recorded(number, one) for number, one in enumerate(found, start=1)]
    signed = [
        recorded(100 + one.number, one.facts, "validated", one.number)
        for one, (_, is_signed) in zip(kept, looks, strict=True)
        if is_signed
    ]
    doubled = [look(one.id, one.month, one.booked_minor * 2) for one in measured]
    anew = list(proposing.realised(doubled, {1: plan}, [*kept, *signed]))
    stays = [one.facts for one, (_, is_signed) in zip(kept, looks, strict=True) if is_signed]
    if not looks[-1][1]:
        assert sum(one.amount.amount_minor for one in [*anew, *stays]) == doubled[-1].booked_minor


def look(number: int, month: date, booked: int) -> Measured:
    figures = {"method": "2", "booked_contacts": booked // 500}
    amounts = (booked // 500, booked, booked, booked, booked)
    return Measured(number, 7, month, 1, 1, AT, "x", "verified", "2.0", "USD", *amounts, figures)


def recorded(number: int, facts: Booking, kind: str = "realised", about: int | None = None) -> Recorded:
    changed = make_booking(7, facts.month, kind=kind, amount=facts.amount, contacts=facts.contacts)
    return Recorded(number, changed, None, about, "", AT, Actor(None, "x"))


@given(st.lists(st.sampled_from(["USD", "EUR"]), min_size=2, max_size=6))
def test_currencies_are_never_mixed(currencies: list[str]) -> None:
    facts = [make_booking(7, JULY, amount=Money(100, currency), contacts=1) for currency in currencies]
    those = [Recorded(number, one, None, None, "", AT, Actor(None, "x")) for number, one in enumerate(facts)]
    if set(currencies) == {"USD"}:
        assert entries.total(those, "USD") == Money(100 * len(those), "USD")
    else:
        with pytest.raises(Refused, match="cannot be added"):
            entries.total(those, "USD")


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_shares_of_one_saving_add_up_to_the_cent(minor: int, weights: list[int]) -> None:
    """One claim shared by weights: the parts are the whole exactly, and written in cents they miss half a cent each."""
    phone = PricedChannel(Fraction(1), Fraction(minor), Fraction(minor), Fraction(minor))
    parts = [Fraction(weight, sum(weights)) for weight in weights]
    nothing = Costs(Fraction(0), Fraction(0), Fraction(0), Fraction(0))
    claims = [Claim({"phone": phone}, None, None, part, "", nothing) for part in parts]
    found = [net(claim, Fraction(0), Fraction(0)) for claim in claims]
    assert sum(one.net for one in found) == minor
    assert abs(sum(round(one.net) for one in found) - minor) <= Fraction(len(parts), 2)


def test_ten_thousand_entries_of_thirds_of_a_cent_do_not_drift() -> None:
    a_month = Fraction(100_001, 3)
    minors = [round(a_month * (number + 1)) - round(a_month * number) for number in range(10_000)]
    those = [
        Recorded(number, make_booking(7, amount=Money(minor, "USD")), None, None, "", AT, Actor(None, "x"))
        for number, minor in enumerate(minors)
    ]
    assert entries.total(those, "USD").amount_minor == round(a_month * 10_000)


def test_ten_thousand_entries_in_the_database_add_up_to_the_cent(session: Session) -> None:
    initiative_ids = [make_initiative(session).id for _ in range(100)]
    months = Period(date(2020, 1, 1), date(2028, 5, 1)).months()
    bookings = [
        booking(one, month.start, "realised", (one * 7919 + number * 104_729) % 1_000_003 - 300_000)
        for one in initiative_ids
        for number, month in enumerate(months)
    ]
    assert len(bookings) == 10_000
    actions.book(session, bookings, **STAMP)
    (only,) = entry_queries.sums(session, Wanted())
    assert (only.entries, only.amount.amount_minor) == (10_000, sum(one.amount.amount_minor for one in bookings))
    assert list(chain.breaks(session)) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update ledger_entry set amount_minor = amount_minor + 1 where number = 2", "Entry 2 of the ledger"),
        ("update ledger_entry set contacts = 0 where number = 1", "Entry 1 of the ledger"),
        ("update ledger_entry set note = 'x' where number = 3", "Entry 3 of the ledger"),
        ("update ledger_entry set month = '2026-01-01' where number = 2", "Entry 2 of the ledger"),
        ("update ledger_entry set by_name = 'nobody' where number = 2", "Entry 2 of the ledger"),
        ("delete from ledger_entry where number = 2", "The ledger misses entry 2"),
        ("delete from ledger_entry where number = 3", "The ledger misses entry 3 at its end"),
        ("update ledger_head set number = 2", "is another one than was written"),
        ("delete from ledger_head", "lost its head"),
    ],
)
def test_an_altered_row_breaks_the_chain_visibly(session: Session, statement: str, words: str) -> None:
    initiative_id = make_initiative(session).id
    actions.book(session, [booking(initiative_id, month, "realised", 100) for month in MONTHS[:3]], **STAMP)
    assert list(chain.breaks(session)) == []
    session.execute(text(statement))
    session.expire_all()
    found = list(chain.breaks(session))
    assert any(words in sentence for sentence in found), found

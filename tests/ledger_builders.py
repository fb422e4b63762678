"""Made-up bookings, people and claims for the tests of the ledger; every field can be given."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.initiatives.tables import Initiative, InitiativeMember
from app.ledger import actions, claiming
from app.ledger.rules import Booking
from app.people.rules import Actor
from app.people.tables import User
from app.values.money import Money
from tests.builders import AT, TESTER, make_user
from tests.initiative_builders import make_initiative

STAMP: dict[str, Any] = {"by": TESTER, "at": AT}
TODAY = date(2026, 9, 14)
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


def dollars(amount: int) -> Money:
    return Money(amount * 100, "USD")


def make_booking(initiative_id: int = 1, month: date = AUGUST, amount: int | Money = 1000, **fields: Any) -> Booking:
    """A realised amount, in whole dollars where it is a number, at five dollars a contact."""
    money = dollars(amount) if isinstance(amount, int) else amount
    values: dict[str, Any] = {
        "kind": "realised",
        "column": "capacity",
        "contacts": money.amount_minor // 500,
        "amount": money,
        "method": "2",
        "method_version": "2.0",
        "plan_number": 1,
        "plan_hash": "a" * 64,
        "rates_hash": "b" * 64,
        "result_id": None,
        "basis": {"state": "verified", "net_minor": 150_000, "low_minor": 100_000, "high_minor": 200_000},
    }
    return Booking(initiative_id, month, **{**values, **fields})


def actor(user: User) -> Actor:
    return Actor(user.id, user.name)


@dataclass(frozen=True)
class Company:
    """A live initiative with its people, and two finance officers who have no hand in it."""

    initiative: Initiative
    owner: User
    sponsor: User
    member: User
    finance: User
    second: User


def make_company(session: Session, **fields: Any) -> Company:
    """All of them; owner, sponsor and member hold the finance role as well."""
    owner, sponsor, member, finance, second = (
        make_user(session, roles=roles, name=name)
        for name, roles in (
            ("Otis", ("team", "finance")),
            ("Augusta", ("sponsor", "finance")),
            ("Mara", ("team", "finance")),
            ("Dora", ("finance",)),
            ("Fred", ("finance",)),
        )
    )
    values = {"stage": "live", "owner_id": owner.id, "sponsor_id": sponsor.id, "go_live_on": JULY}
    initiative = make_initiative(session, **{**values, **fields})
    session.add(InitiativeMember(initiative_id=initiative.id, user_id=member.id))
    session.flush()
    return Company(initiative, owner, sponsor, member, finance, second)


def make_claim(session: Session, company: Company, amount: int = 1000, **fields: Any) -> int:
    """A booked amount that the owner claims."""
    booked = actions.book(session, [make_booking(company.initiative.id, amount=amount, **fields)], **STAMP)
    return claiming.claim(session, booked.added[-1], by=actor(company.owner), at=AT)

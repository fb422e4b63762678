"""Who has a hand in a saving never signs for it; finance decides each claim once."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives.tables import Initiative
from app.ledger import actions, chain, claim_queries, claiming, entry_queries
from app.ledger.tables import Claim, LedgerEntry
from app.people.tables import User
from app.values.errors import Refused, Stale
from app.values.money import Money
from tests.builders import AT, make_user
from tests.crowd import at_once
from tests.ledger_builders import (
    JULY,
    STAMP,
    TODAY,
    Company,
    actor,
    dollars,
    make_booking,
    make_claim,
    make_company,
)


def deciding(user: User) -> dict[str, Any]:
    return {"by": actor(user), "at": AT, "today": TODAY}


def validated(session: Session) -> list[tuple[int, int, int | None]]:
    """Minor units, contacts and the entry that each validated entry is about."""
    query = select(LedgerEntry.amount_minor, LedgerEntry.contacts, LedgerEntry.about)
    rows = session.execute(query.where(LedgerEntry.kind == "validated"))
    return [(minor, contacts, about) for minor, contacts, about in rows]


def test_an_approved_claim_adds_a_validated_entry_and_the_initiative_is_validated(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company)
    assert [one.id for one in claim_queries.queue(session)] == [claim_id]
    claiming.approve(session, claim_id, by=actor(company.finance), at=AT, today=TODAY)
    assert validated(session) == [(100_000, 200, 1)]
    assert session.get_one(Initiative, company.initiative.id).stage == "validated"
    assert claim_queries.queue(session) == []
    assert [one.decided and one.decided.outcome for one in claim_queries.decided(session)] == ["approved"]
    assert list(chain.breaks(session)) == []


def test_a_lower_figure_is_signed_with_its_part_of_the_contacts(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company)
    claiming.approve_lower(session, claim_id, Money(25_050, "USD"), "Half is seasonal.", **deciding(company.finance))
    assert validated(session) == [(25_050, 50, 1)], "200 x 250.50 / 1,000 = 50.1 contacts"


@pytest.mark.parametrize("lower", [Money(0, "USD"), Money(-1, "USD"), dollars(1000), dollars(1001), Money(5, "EUR")])
def test_a_lower_figure_lies_between_nothing_and_what_was_realised(session: Session, lower: Money) -> None:
    company = make_company(session)
    with pytest.raises(Refused, match="lower figure"):
        claiming.approve_lower(session, make_claim(session, company), lower, "why", **deciding(company.finance))
    assert validated(session) == []


def test_less_than_all_needs_a_note(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company)
    with pytest.raises(Refused, match="Say why"):
        claiming.approve_lower(session, claim_id, dollars(1), " ", **deciding(company.finance))
    with pytest.raises(Refused, match="Say why"):
        claiming.reject(session, claim_id, "", **deciding(company.finance))


def test_a_rejected_amount_is_claimed_again_only_after_it_was_booked_anew(session: Session) -> None:
    company = make_company(session)
    claiming.reject(session, make_claim(session, company), "No rate.", **deciding(company.finance))
    assert (validated(session), claim_queries.claimable(session)) == ([], [])
    booked = actions.book(session, [make_booking(company.initiative.id, amount=900)], **STAMP)
    assert [one.number for one in claim_queries.claimable(session)] == list(booked.added)
    claim_id = claiming.claim(session, booked.added[0], by=actor(company.sponsor), at=AT)
    claiming.approve(session, claim_id, **deciding(company.finance))
    assert validated(session) == [(90_000, 180, 3)]


def test_a_decay_is_claimed_and_signed_as_well_and_has_no_lower_figure(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company, amount=-200)
    with pytest.raises(Refused, match="takes something back"):
        claiming.approve_lower(session, claim_id, dollars(-100), "why", **deciding(company.finance))
    claiming.approve(session, claim_id, **deciding(company.finance))
    assert validated(session) == [(-20_000, -40, 1)]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("owner", "You own INI-"),
        ("sponsor", "You sponsor INI-"),
        ("member", "You are on the team of INI-"),
    ],
)
def test_whoever_has_a_hand_in_it_decides_nothing_even_with_the_finance_role(
    session: Session, who: str, words: str
) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company, month=JULY)
    session.get_one(Claim, claim_id).claimed_by_id = make_user(session).id
    for decide in (claiming.approve, claiming.reject):
        with pytest.raises(Refused, match=words):
            decide(session, claim_id, "why", **deciding(getattr(company, who)))
    assert validated(session) == []


def test_whoever_claimed_it_decides_nothing(session: Session) -> None:
    company = make_company(session)
    both = make_user(session, roles=("team", "finance"))
    number = actions.book(session, [make_booking(company.initiative.id)], **STAMP).added[0]
    claim_id = claiming.claim(session, number, by=actor(both), at=AT)
    with pytest.raises(Refused, match="You claimed this amount"):
        claiming.approve(session, claim_id, **deciding(both))
    with pytest.raises(Refused, match="Only finance decides"):
        claiming.approve(session, claim_id, **deciding(make_user(session, roles=("sponsor", "admin"))))


def test_only_who_has_a_hand_in_it_or_the_team_claims(session: Session) -> None:
    company = make_company(session)
    number = actions.book(session, [make_booking(company.initiative.id)], **STAMP).added[0]
    with pytest.raises(Refused, match="Only the SWAT team"):
        claiming.claim(session, number, by=actor(company.finance), at=AT)
    assert claiming.claim(session, number, by=actor(company.sponsor), at=AT)


def test_nothing_cannot_be_claimed_and_neither_can_a_projection(session: Session) -> None:
    company = make_company(session)
    bookings = [make_booking(company.initiative.id, amount=0), make_booking(company.initiative.id, kind="projected")]
    nothing, promised = actions.book(session, bookings, **STAMP).added
    with pytest.raises(Refused, match="nothing to claim"):
        claiming.claim(session, nothing, by=actor(company.owner), at=AT)
    with pytest.raises(Refused, match="Only a realised amount"):
        claiming.claim(session, promised, by=actor(company.owner), at=AT)


def test_sent_twice_a_claim_is_one_and_a_second_claimant_is_told(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company)
    assert claiming.claim(session, 1, by=actor(company.owner), at=AT) == claim_id
    with pytest.raises(Stale, match="Otis claimed this amount already"):
        claiming.claim(session, 1, by=actor(company.sponsor), at=AT)


def test_sent_twice_a_decision_is_one_and_another_one_is_refused(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company)
    for _ in range(2):
        claiming.approve_lower(session, claim_id, dollars(400), "why", **deciding(company.finance))
    assert len(validated(session)) == 1
    with pytest.raises(Stale, match="Dora approved a lower figure meanwhile"):
        claiming.approve_lower(session, claim_id, dollars(401), "why", **deciding(company.finance))
    with pytest.raises(Stale, match="Dora approved a lower figure meanwhile"):
        claiming.approve(session, claim_id, **deciding(company.second))


def test_a_claim_whose_amount_was_booked_anew_cannot_be_decided(session: Session) -> None:
    company = make_company(session)
    claim_id = make_claim(session, company)
    actions.book(session, [make_booking(company.initiative.id, amount=700)], **STAMP)
    assert claim_queries.queue(session) == []
    with pytest.raises(Stale, match="booked anew"):
        claiming.approve(session, claim_id, **deciding(company.finance))
    with pytest.raises(Stale, match="booked anew"):
        claiming.claim(session, 1, by=actor(company.sponsor), at=AT)


def test_of_two_officers_at_once_the_second_is_told(database: Database) -> None:
    def make(session: Session) -> tuple[Company, int]:
        company = make_company(session)
        return company, make_claim(session, company)

    company, claim_id = database.write(make)

    def approve(user: User) -> None:
        database.write(lambda session: claiming.approve(session, claim_id, **deciding(user)))

    found = at_once(lambda: approve(company.finance), lambda: approve(company.second))
    told = [one for one in found if one is not None]
    assert len(told) == 1
    assert "approved it meanwhile" in str(told[0])
    with database.reading() as session:
        assert validated(session) == [(100_000, 200, 1)]
        assert list(chain.breaks(session)) == []
        assert len(entry_queries.standing(session)) == 2
        assert date(2026, 8, 1) == entry_queries.entry(session, 2).facts.month

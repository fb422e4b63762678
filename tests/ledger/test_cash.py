"""Cash counts only with a dated act and its evidence, month by month, in a column of its own."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import attachments, cash, claiming, entry_queries
from app.ledger.attachments import Document
from app.ledger.cash import UnfitAct
from app.ledger.cash_rules import Act
from app.ledger.entry_queries import Wanted
from app.ledger.tables import Attachment, CashAct
from app.measurement.plans import Boundary, PlanTerms, facts
from app.measurement.tables import MeasurementPlan
from app.values.errors import Refused
from app.values.money import Money
from tests.builders import AT
from tests.initiative_builders import make_initiative
from tests.ledger_builders import TODAY, Company, actor, dollars, make_company

PDF = b"%PDF-1.7 the roster as it is"
ROSTER = Act("roster", date(2026, 6, 16), dollars(3000), "month", "Two shifts fewer on Saturdays")


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return attachments.store(tmp_path, "roster.pdf", PDF)


def live_company(session: Session) -> Company:
    """Announced on 1 June and live from July, so that an act of June counts."""
    return make_company(session, announced_on=date(2026, 6, 1))


def record(session: Session, company: Company, act: Act, document: Document, key: str = "a form") -> int:
    stamp: dict[str, Any] = {"by": actor(company.owner), "at": AT, "today": TODAY}
    return cash.record_cash_act(session, company.initiative.id, act, document, form_key=key, **stamp)


def freeze(session: Session, company: Company, terms: PlanTerms) -> None:
    plan = MeasurementPlan(initiative_id=company.initiative.id, number=1, facts=facts(terms), made_at=AT, made_by="x")
    plan.frozen_at, plan.hash, plan.minimum_detectable, plan.frozen_by = AT, "a" * 64, None, "x"
    session.add(plan)
    session.flush()


def months(session: Session) -> dict[date, int]:
    """The whole cents that stand by month."""
    return {entry.facts.month: entry.facts.amount.amount_minor for entry in entry_queries.standing(session)}


def test_a_monthly_act_is_booked_from_its_day_for_each_month_that_is_over(session: Session, document: Document) -> None:
    company = live_company(session)
    record(session, company, ROSTER, document)
    # 15 of the 30 days of June; September is not over
    assert months(session) == {date(2026, 6, 1): 150_000, date(2026, 7, 1): 300_000, date(2026, 8, 1): 300_000}
    sums = [(one.kind, one.column, one.amount, one.contacts) for one in entry_queries.sums(session, Wanted())]
    assert sums == [("realised", "cash", dollars(7500), 0)]
    assert entry_queries.entry(session, 1).facts.basis["evidence_sha256"] == hashlib.sha256(PDF).hexdigest()


def test_a_single_amount_counts_in_the_month_of_its_day(session: Session, document: Document) -> None:
    act = Act("invoice", date(2026, 9, 3), dollars(800), "once", "Invoice 77")
    record(session, live_company(session), act, document)
    assert months(session) == {date(2026, 9, 1): 80_000}


def test_the_same_form_twice_makes_one_act(session: Session, document: Document) -> None:
    company = live_company(session)
    assert record(session, company, ROSTER, document) == record(session, company, ROSTER, document)
    assert len(session.scalars(select(CashAct)).all()) == len(session.scalars(select(Attachment)).all()) == 1


def test_an_ended_act_is_booked_up_to_its_end_and_what_was_booked_beyond_is_taken_back(
    session: Session, document: Document
) -> None:
    company = live_company(session)
    act_id = record(session, company, ROSTER, document)
    for _ in range(2):
        on = date(2026, 7, 11)
        cash.end_cash_act(session, act_id, on, "They are back.", by=actor(company.finance), at=AT, today=TODAY)
    # 10 of the 31 days of July at 3,000.00
    assert months(session) == {date(2026, 6, 1): 150_000, date(2026, 7, 1): 96_774, date(2026, 8, 1): 0}
    with pytest.raises(Refused, match="ended on"):
        cash.end_cash_act(session, act_id, TODAY, "x", by=actor(company.finance), at=AT, today=TODAY)


def test_later_months_are_booked_once_they_are_over(session: Session, document: Document) -> None:
    company = live_company(session)
    record(session, company, ROSTER, document)
    october: dict[str, Any] = {"by": actor(company.owner), "at": AT, "today": date(2026, 10, 1)}
    assert len(cash.book_cash(session, **october).added) == 1
    assert cash.book_cash(session, **october).added == ()
    assert months(session)[date(2026, 9, 1)] == 300_000


def test_nothing_is_booked_after_the_first_year_where_the_plan_says_so(session: Session, document: Document) -> None:
    company = live_company(session)
    terms = PlanTerms(Boundary(frozenset({1})), go_live_on=date(2025, 7, 1), first_year_only=True)
    freeze(session, company, terms)
    record(session, company, ROSTER, document)
    assert months(session) == {date(2026, 6, 1): 150_000}


def test_cash_is_claimed_and_signed_in_its_own_column(session: Session, document: Document) -> None:
    company = live_company(session)
    act_id = record(session, company, ROSTER, document)
    claim_id = claiming.claim(session, 1, by=actor(company.owner), at=AT)
    claiming.approve(session, claim_id, by=actor(company.finance), at=AT, today=TODAY)
    signed = entry_queries.standing(session, kind="validated")
    assert [(one.facts.column, one.facts.amount, one.facts.act_id) for one in signed] == [
        ("cash", dollars(1500), act_id)
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "hope"}, "kind"),
        ({"day": date(2026, 9, 15)}, "day"),
        ({"amount": Money(0, "USD")}, "amount"),
        ({"every": "week"}, "every"),
        ({"description": " "}, "description"),
    ],
)
def test_an_act_that_cannot_be_is_refused(
    session: Session, document: Document, change: dict[str, Any], field: str
) -> None:
    values = {"kind": "roster", "day": TODAY, "amount": dollars(1), "every": "month", "description": "x", **change}
    with pytest.raises(UnfitAct) as refused:
        record(session, live_company(session), Act(**values), document)
    assert list(refused.value.faults) == [field]
    assert session.scalars(select(CashAct)).all() == []


def test_an_act_of_before_the_initiative_was_announced_or_live_is_refused(session: Session, document: Document) -> None:
    company = make_company(session)  # live from 1 July, never announced
    years_ago = [Act("roster", date(2020, month, 1), dollars(50), "month", "x") for month in range(1, 9)]
    for number, act in enumerate([*years_ago, replace(ROSTER, day=date(2026, 6, 30))]):
        with pytest.raises(UnfitAct, match=r"before 1 Jul 2026, when .* Nothing was kept"):
            record(session, company, act, document, f"form {number}")
    assert months(session) == {}
    record(session, company, replace(ROSTER, day=date(2026, 7, 1)), document)
    assert months(session) == {date(2026, 7, 1): 300_000, date(2026, 8, 1): 300_000}


def test_the_frozen_plan_says_from_when_on_an_act_counts(session: Session, document: Document) -> None:
    company = live_company(session)
    terms = PlanTerms(Boundary(frozenset({1})), go_live_on=date(2026, 7, 1), announced_on=date(2026, 6, 20))
    freeze(session, company, terms)
    with pytest.raises(UnfitAct, match="before 20 Jun 2026"):
        record(session, company, ROSTER, document)


def test_nothing_is_released_before_the_initiative_is_live(session: Session, document: Document) -> None:
    company = live_company(session)
    other = make_initiative(session, stage="progress")
    stamp: dict[str, Any] = {"by": actor(company.owner), "at": AT, "today": TODAY}
    with pytest.raises(Refused, match="is not live"):
        cash.record_cash_act(session, other.id, ROSTER, document, form_key="x", **stamp)

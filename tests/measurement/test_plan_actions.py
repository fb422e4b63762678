"""Writing and freezing plans, the register of other changes, and costs: who comes second, twice, or wrongly."""

from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives.actions import Unfit
from app.measurement import change_actions, cost_actions, cost_queries, plan_actions, plan_queries, plans, register
from app.measurement.change_actions import Proposal
from app.measurement.cost_actions import CostEntry
from app.measurement.plan_actions import PlanOvertaken
from app.measurement.plans import Boundary
from app.measurement.tables import MeasurementPlan, OtherChange
from app.people.rules import Actor
from app.people.tables import AuditEntry
from app.values.errors import Missing, Refused
from app.values.money import Money
from app.values.periods import Period
from tests.builders import AT, TESTER, make_user
from tests.initiative_builders import make_initiative, make_rate
from tests.measurement.plan_builders import GO_LIVE, TODAY, Place, make_place, terms_of

LATER = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)
MARTA, AMARA = Actor(None, "Marta"), Actor(None, "Amara")
OUTAGE = Proposal("outage", " Phone line  down ", Period(date(2026, 3, 2), date(2026, 3, 4)), " Ticket 4711 ")


def write(session: Session, place: Place, seen: str | None = None, by: Actor = MARTA, **changes: Any) -> int:
    terms = terms_of(place, **changes)
    return plan_actions.write_plan(session, place.initiative_id, terms, by=by, at=AT, seen=seen)


def freeze(session: Session, place: Place, number: int = 1, **more: Any) -> str:
    return plan_actions.freeze(session, place.initiative_id, number, by=MARTA, at=AT, today=TODAY, **more)


def actions_on_trail(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))


def test_a_draft_is_replaced_and_a_frozen_version_is_followed_by_another(session: Session) -> None:
    place = make_place(session, others=2)
    make_rate(session)
    assert [write(session, place), write(session, place, crediting_months=12)] == [1, 1]
    hashed = freeze(session, place)
    assert write(session, place, crediting_months=18) == 2
    first, second = plan_queries.versions(session, place.initiative_id)
    assert (first.hash, first.frozen_by, first.terms.crediting_months) == (hashed, "Marta", 12)
    assert (second.hash, second.frozen_at, second.terms.crediting_months) == (None, None, 18)
    assert plan_queries.frozen_plans(session)[place.initiative_id] == first


def test_the_hash_of_a_frozen_plan_is_that_of_the_facts_that_the_database_gives_back(session: Session) -> None:
    place = make_place(session)
    make_rate(session)
    write(session, place)
    hashed = freeze(session, place)
    session.expire_all()
    row = session.scalars(select(MeasurementPlan)).one()
    assert plans.fingerprint(row.facts) == row.hash == hashed
    (version,) = plan_queries.versions(session, place.initiative_id)
    assert plans.fingerprint(plans.facts(version.terms)) == hashed
    assert version.terms.rates[0]["amount_minor"] == 600
    # Each of the nine has 30 a day or so; the target, its sink and nothing else are touched.
    assert set(version.terms.untouched_ids) == {reason.id for reason in place.others}


def test_the_second_of_two_editors_is_told_and_nothing_is_saved(session: Session) -> None:
    place = make_place(session, others=0)
    write(session, place)
    (opened,) = plan_queries.versions(session, place.initiative_id)
    write(session, place, seen=opened.mark, by=AMARA, crediting_months=12)
    with pytest.raises(PlanOvertaken, match="Amara wrote this plan since you opened it") as refusal:
        write(session, place, seen=opened.mark, crediting_months=36)
    assert refusal.value.now.terms.crediting_months == 12
    assert write(session, place, seen=refusal.value.now.mark, crediting_months=36) == 1


def test_a_first_plan_that_somebody_else_wrote_meanwhile_is_not_replaced(session: Session) -> None:
    place = make_place(session, others=0)
    write(session, place, seen="", by=AMARA)
    with pytest.raises(PlanOvertaken):
        write(session, place, seen="", crediting_months=12)


def test_the_same_plan_sent_twice_is_written_once(session: Session) -> None:
    place = make_place(session, others=0)
    make_rate(session)
    assert [write(session, place, seen=""), write(session, place, seen="")] == [1, 1]
    freeze(session, place)
    assert write(session, place) == 1
    assert actions_on_trail(session).count("plan.written") == 1


def test_a_plan_is_frozen_once_however_often_the_button_is_pressed(session: Session) -> None:
    place = make_place(session, others=0)
    make_rate(session)
    write(session, place)
    (draft,) = plan_queries.versions(session, place.initiative_id)
    assert freeze(session, place, seen=draft.mark) == freeze(session, place, seen=draft.mark)
    assert actions_on_trail(session).count("plan.frozen") == 1
    with pytest.raises(Refused, match="Marta froze version 1 of this plan on 14 Sep 2026"):
        freeze(session, place)


def test_only_the_draft_that_was_seen_is_frozen(session: Session) -> None:
    place = make_place(session, others=0)
    make_rate(session)
    write(session, place)
    (seen,) = plan_queries.versions(session, place.initiative_id)
    write(session, place, by=AMARA, crediting_months=12)
    with pytest.raises(PlanOvertaken, match="Amara wrote this plan"):
        freeze(session, place, seen=seen.mark)


def test_a_plan_without_a_rate_or_of_another_version_is_not_frozen(session: Session) -> None:
    place = make_place(session, others=0)
    write(session, place)
    with pytest.raises(Refused, match="No cost per contact is set"):
        freeze(session, place)
    with pytest.raises(Missing, match="This version of the plan is not there"):
        freeze(session, place, 2)
    with pytest.raises(Missing, match="There is no initiative INI-99999"):
        write(session, replace(place, initiative_id=99_999))


def test_a_reason_that_does_not_exist_is_a_sentence(session: Session) -> None:
    place = make_place(session, others=0)
    with pytest.raises(Unfit, match="1 of these do not exist"):
        write(session, place, boundary=Boundary(frozenset({987_654})))
    with pytest.raises(Unfit, match="do not exist"):
        write(session, place, control_ids=frozenset({987_654}))


def test_agreed_shares_on_the_same_reasons_come_to_the_whole_at_most(session: Session) -> None:
    place = make_place(session, others=0)
    make_rate(session)
    write(session, place, agreed_share_bp=6000)
    freeze(session, place)
    other = replace(place, initiative_id=make_initiative(session, name="Another").id)
    write(session, other, agreed_share_bp=4001)
    with pytest.raises(Refused, match=r"The shares come to 100\.01 %"):
        freeze(session, other)
    write(session, other, agreed_share_bp=4000)
    assert freeze(session, other)


def test_a_reason_of_another_frozen_plan_is_no_untouched_one(session: Session) -> None:
    place = make_place(session, others=3)
    make_rate(session)
    other = replace(place, initiative_id=make_initiative(session, name="Another").id, target=place.others[0])
    write(session, other, sinks=(place.others[1].id,))
    freeze(session, other)
    write(session, place)
    freeze(session, place)
    held = plan_queries.frozen_plans(session)[place.initiative_id]
    assert held.terms.untouched_ids == (place.others[2].id,)


def test_what_could_be_seen_is_kept_with_the_draft_that_it_was_worked_out_for(session: Session) -> None:
    place = make_place(session, others=0)
    make_rate(session)
    write(session, place)
    (draft,) = plan_queries.versions(session, place.initiative_id)
    keep = plan_actions.keep_detectable
    keep(session, place.initiative_id, 1, 0.9, seen="another draft")
    assert plan_queries.versions(session, place.initiative_id)[0].minimum_detectable is None
    keep(session, place.initiative_id, 1, 0.14, seen=draft.mark)
    freeze(session, place)
    (frozen,) = plan_queries.versions(session, place.initiative_id)
    keep(session, place.initiative_id, 1, 0.5, seen=frozen.mark)
    assert plan_queries.versions(session, place.initiative_id)[0].minimum_detectable == 0.14
    write(session, place, go_live_on=date(2026, 10, 2))
    assert plan_queries.versions(session, place.initiative_id)[1].minimum_detectable is None


def test_two_who_write_the_first_plan_at_once_make_one(database: Database) -> None:
    place = database.write(lambda session: make_place(session, others=0))
    barrier, told = Barrier(2), []

    def write_first(months: int) -> None:
        barrier.wait()
        try:
            database.write(lambda session: write(session, place, seen="", crediting_months=months))
            told.append("kept")
        except PlanOvertaken:
            told.append("told")

    threads = [Thread(target=write_first, args=(months,)) for months in (12, 24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["kept", "told"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MeasurementPlan)) == 1


def test_one_proposes_and_another_decides(session: Session) -> None:
    marta = make_user(session, name="Marta")
    amara = make_user(session, name="Amara")
    proposer, decider = Actor(marta.id, "Marta"), Actor(amara.id, "Amara")
    number = change_actions.propose(session, OUTAGE, form_key="k", by=proposer, at=AT)
    assert change_actions.propose(session, OUTAGE, form_key="k", by=proposer, at=LATER) == number
    with pytest.raises(Refused, match="Who proposes a change does not decide on it"):
        change_actions.decide(session, number, is_approved=True, note="", by=proposer, at=AT)
    with pytest.raises(Refused, match="Say why it is rejected"):
        change_actions.decide(session, number, is_approved=False, note="  ", by=decider, at=AT)
    for _ in range(2):
        change_actions.decide(session, number, is_approved=True, note=" Seen ", by=decider, at=AT)
    with pytest.raises(Refused, match="Amara approved “Phone line down” already, on 14 Sep 2026"):
        change_actions.decide(session, number, is_approved=False, note="No", by=Actor(None, "Third"), at=LATER)
    kept = plan_queries.change(session, number)
    assert (kept.name, kept.evidence, kept.state, kept.decided_by, kept.note) == (
        "Phone line down", "Ticket 4711", "approved", "Amara", "Seen",
    )  # fmt: skip
    assert actions_on_trail(session) == ["change.proposed", "change.approved"]
    with pytest.raises(Missing):
        change_actions.decide(session, number + 1, is_approved=True, note="", by=decider, at=AT)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "storm"}, "kind"),
        ({"name": " \u200b "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"evidence": " "}, "evidence"),
        ({"evidence": "x" * 2001}, "evidence"),
        ({"reason_ids": frozenset({987_654})}, "reason_ids"),
    ],
)
def test_a_proposal_that_lacks_something_is_a_sentence_at_its_field(
    session: Session, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unfit) as refusal:
        change_actions.propose(session, replace(OUTAGE, **change), form_key="k", by=TESTER, at=AT)
    assert set(refusal.value.faults) == {field}
    assert session.scalar(select(func.count()).select_from(OtherChange)) == 0


def test_an_entry_concerns_the_frozen_plans_on_its_line_and_in_its_days(session: Session) -> None:
    place = make_place(session, others=1)
    make_rate(session)
    write(session, place)

    def concerned(days: Period, *reason_ids: int) -> bool:
        one = replace(OUTAGE, days=days, reason_ids=frozenset(reason_ids))
        number = change_actions.propose(session, one, form_key=f"{days.start}{days.end}{reason_ids}", by=TESTER, at=AT)
        entry = plan_queries.change(session, number)
        return [known.id for known in register.concerned(session, [entry])[number]] == [place.initiative_id]

    march = Period(date(2026, 3, 2), date(2026, 3, 4))
    assert not concerned(march)
    freeze(session, place)
    assert concerned(Period(date(2026, 3, 3), date(2026, 3, 4)))
    assert concerned(march, place.target.id)
    assert concerned(march, place.sink.id)
    assert not concerned(march, place.others[0].id)
    # The plan looks at 730 days before 1 October 2026, and at 24 months from it on.
    assert not concerned(Period(date(2024, 9, 1), date(2024, 10, 1)), place.target.id)
    assert concerned(Period(date(2024, 9, 1), date(2024, 10, 2)), place.target.id)
    assert concerned(Period(date(2028, 9, 30), date(2028, 10, 2)), place.target.id)
    assert not concerned(Period(date(2028, 10, 1), date(2028, 10, 2)), place.target.id)
    assert [one.start for one in register.touching(session, terms_of(place))] == sorted(
        one.start for one in register.touching(session, terms_of(place))
    )


COST = CostEntry("one_off", Period(GO_LIVE, date(2026, 10, 2)), Money(120_050, "USD"), " Labels,  invoice 12 ")


def test_a_cost_is_entered_once_and_taken_back_once(session: Session) -> None:
    initiative = make_initiative(session)
    for _ in range(2):
        cost_actions.enter_cost(session, initiative.id, COST, form_key="k", by=MARTA, at=AT)
    (entry,) = cost_queries.costs(session, initiative.id)
    for _ in range(2):
        cost_actions.take_back(session, initiative.id, entry.id, by=AMARA, at=LATER)
    back, first = cost_queries.costs(session, initiative.id)
    assert (first.note, first.amount.amount_minor, first.is_undone) == ("Labels, invoice 12", 120_050, True)
    assert (back.amount.amount_minor, back.made_by, back.takes_back) == (-120_050, "Amara", True)
    assert back.note == "Taken back: Labels, invoice 12"
    assert cost_queries.by_kind([back, first]) == {"one_off": Money(0, "USD")}
    with pytest.raises(Refused, match="takes another one back"):
        cost_actions.take_back(session, initiative.id, back.id, by=AMARA, at=LATER)
    with pytest.raises(Missing):
        cost_actions.take_back(session, make_initiative(session).id, entry.id, by=AMARA, at=LATER)
    assert actions_on_trail(session) == ["cost.entered", "cost.taken_back"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "bribe"}, "kind"),
        ({"amount": Money(0, "USD")}, "amount"),
        ({"amount": Money(-5, "USD")}, "amount"),
        ({"kind": "hours", "hours": None}, "hours"),
        ({"kind": "hours", "hours": 100_001.0}, "hours"),
        ({"note": " "}, "note"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_a_cost_that_cannot_be_is_a_sentence_at_its_field(session: Session, change: dict[str, Any], field: str) -> None:
    initiative = make_initiative(session)
    with pytest.raises(Unfit) as refusal:
        cost_actions.enter_cost(session, initiative.id, replace(COST, **change), form_key="k", by=MARTA, at=AT)
    assert set(refusal.value.faults) == {field}


def test_a_form_cannot_pretend_to_take_an_entry_back(session: Session) -> None:
    initiative = make_initiative(session)
    with pytest.raises(Refused, match="changed on its way"):
        cost_actions.enter_cost(session, initiative.id, COST, form_key="back-1", by=MARTA, at=AT)

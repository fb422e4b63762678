"""Initiatives are started, changed, sized and moved on; two people at once lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives import actions, queries
from app.initiatives.actions import Overtaken, Unfit
from app.initiatives.projection import Terms
from app.initiatives.rules import Plan
from app.initiatives.tables import Initiative
from app.people.rules import Actor
from app.people.tables import AuditEntry, User
from app.values.errors import Missing, Refused, Stale
from tests.builders import AT, TESTER, make_reason, make_user
from tests.initiative_builders import every_day, make_rate, make_totals

TODAY = date(2026, 9, 14)
STAMP: dict[str, Any] = {"by": TESTER, "at": AT, "today": TODAY}
PLAN = Plan("Return label in every parcel", touchpoint="packaging")
TERMS = Terms(1000, 2000, 3000, date(2026, 10, 1), 30, 100_000, 0, "USD")


def actor(user: User) -> Actor:
    return Actor(user.id, user.name)


def stamp(user: User) -> dict[str, Any]:
    return {"by": actor(user), "at": AT, "today": TODAY}


class Cast:
    """An initiative on a reason with 10 contacts a day at $6, its owner, its sponsor and a colleague of the team."""

    def __init__(self, session: Session) -> None:
        self.owner = make_user(session, name="Marta", roles=("team",))
        self.colleague = make_user(session, name="Amara", roles=("team",))
        self.sponsor = make_user(session, name="Dana", roles=("sponsor",))
        self.reason = make_reason(session, "Return label missing")
        make_rate(session)
        make_totals(session, self.reason.id, every_day(date(2026, 9, 4), 10, 10))
        self.plan = replace(
            PLAN,
            reason_ids=frozenset({self.reason.id}),
            owner_id=self.owner.id,
            sponsor_id=self.sponsor.id,
            member_ids=frozenset({self.colleague.id}),
        )
        self.id = actions.start(session, self.plan, **stamp(self.owner))

    def approved(self, session: Session) -> "Cast":
        actions.project(session, self.id, TERMS, **stamp(self.owner))
        actions.move(session, self.id, "approved", **stamp(self.sponsor))
        return self


def test_a_new_initiative_is_an_idea_with_everything_that_was_typed(session: Session) -> None:
    cast = Cast(session)
    known = queries.initiative(session, cast.id)
    assert (known.stage, known.version, known.plan) == ("idea", 1, cast.plan)
    assert known.owner is not None
    assert (known.owner.name, [member.name for member in known.members]) == ("Marta", ["Amara"])
    assert [(step.stage, step.by) for step in queries.history(session, cast.id)] == [("idea", "Marta")]


def test_a_form_sent_twice_makes_one_initiative(session: Session) -> None:
    first = actions.start(session, PLAN, form_key="a-form", **STAMP)
    assert actions.start(session, replace(PLAN, name="Another"), form_key="a-form", **STAMP) == first
    assert actions.start(session, PLAN, form_key="another-form", **STAMP) != first


def test_a_form_sent_twice_at_the_same_time_makes_one_initiative(database: Database) -> None:
    def send(_: int) -> int:
        return database.write(lambda session: actions.start(session, PLAN, form_key="a-form", **STAMP))

    with ThreadPoolExecutor(4) as threads:
        ids = set(threads.map(send, range(4)))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Initiative)) == 1
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1
    assert len(ids) == 1


def test_a_plan_with_faults_is_refused_field_by_field_and_nothing_is_kept(session: Session) -> None:
    plan = replace(
        PLAN, name=" ", owner_id=98765, reason_ids=frozenset({98765}), go_live_on=None, full_go_live_on=TODAY
    )
    with pytest.raises(Unfit) as caught:
        actions.start(session, plan, **STAMP)
    assert set(caught.value.faults) == {"name", "owner_id", "reason_ids", "full_go_live_on"}
    assert session.scalar(select(func.count()).select_from(Initiative)) == 0


def test_a_change_is_the_next_version_and_the_trail_says_what_it_was(session: Session) -> None:
    cast = Cast(session)
    after = replace(cast.plan, name="Label in the parcel", due_on=date(2026, 12, 1), channels=frozenset({"phone"}))
    actions.change(session, cast.id, after, seen=1, **stamp(cast.colleague))
    known = queries.initiative(session, cast.id)
    assert (known.version, known.plan) == (2, after)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "initiative.changed")).one()
    assert entry.before == {"name": "Return label in every parcel", "channels": [], "due_on": None}
    assert entry.after == {
        "version": 2,
        "name": "Label in the parcel",
        "channels": ["phone"],
        "due_on": "2026-12-01",
    }


def test_a_change_that_changes_nothing_leaves_no_trace(session: Session) -> None:
    cast = Cast(session)
    actions.change(session, cast.id, replace(cast.plan, name="  Return label in  every parcel "), seen=1, **STAMP)
    assert queries.initiative(session, cast.id).version == 1


def test_the_second_of_two_editors_is_told_who_changed_what_and_loses_nothing(session: Session) -> None:
    cast = Cast(session)
    actions.change(session, cast.id, replace(cast.plan, name="Marta's name"), seen=1, **stamp(cast.owner))
    theirs = replace(cast.plan, name="Marta's name", due_on=TODAY)
    actions.change(session, cast.id, theirs, seen=2, **stamp(cast.colleague))
    mine = replace(cast.plan, name="My name")
    with pytest.raises(Overtaken, match="Marta and Amara changed INI-") as caught:
        actions.change(session, cast.id, mine, seen=1, **stamp(cast.sponsor))
    assert [(since.by, since.fields) for since in caught.value.changes] == [
        ("Marta", ("name",)),
        ("Amara", ("due_on",)),
    ]
    assert caught.value.now.plan == theirs
    actions.change(session, cast.id, replace(mine, due_on=TODAY), seen=3, **stamp(cast.sponsor))
    assert queries.initiative(session, cast.id).plan.name == "My name"


def test_of_editors_at_the_same_time_one_saves_and_the_others_are_told(database: Database) -> None:
    initiative_id = database.write(lambda session: actions.start(session, PLAN, **STAMP))

    def edit(number: int) -> bool:
        plan = replace(PLAN, name=f"Name {number}")
        try:
            database.write(lambda session: actions.change(session, initiative_id, plan, seen=1, **STAMP))
        except Overtaken:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        saved = list(threads.map(edit, range(4)))
    with database.reading() as session:
        known = queries.initiative(session, initiative_id)
    assert saved.count(True) == 1
    assert (known.version, known.plan.name) == (2, f"Name {saved.index(True)}")


def test_a_projection_is_frozen_at_approval_with_who_and_when_and_never_changes(session: Session) -> None:
    cast = Cast(session).approved(session)
    frozen = queries.initiative(session, cast.id).frozen
    assert frozen is not None
    assert (frozen.frozen_by, frozen.frozen_at, frozen.terms) == ("Dana", AT, TERMS)
    # 100 contacts in 10 days, 20 % of them: 2 a day
    assert (frozen.base.contacts, frozen.base.cost_minor, frozen.figures.likely.contacts_year) == (100, 60_000, 730)
    later: dict[str, Any] = {
        "by": actor(cast.owner),
        "at": AT + timedelta(days=30),
        "today": TODAY + timedelta(days=30),
    }
    actions.project(session, cast.id, replace(TERMS, share_likely_bp=1500), **later)
    known = queries.initiative(session, cast.id)
    assert known.frozen == frozen
    assert known.forecast is not None
    assert (known.forecast.number, known.forecast.frozen_at) == (2, None)
    assert known.promised == frozen


def test_writing_a_projection_down_starts_the_sizing_of_an_idea(session: Session) -> None:
    cast = Cast(session)
    actions.project(session, cast.id, TERMS, **stamp(cast.owner))
    assert [step.stage for step in queries.history(session, cast.id)] == ["idea", "sizing"]


def test_the_same_terms_on_the_same_volume_add_no_projection(session: Session) -> None:
    cast = Cast(session)
    actions.project(session, cast.id, TERMS, **STAMP)
    actions.project(session, cast.id, TERMS, **STAMP)
    assert [version.number for version in queries.initiative(session, cast.id).versions] == [1]
    make_totals(session, cast.reason.id, {date(2026, 9, 1): 50})
    actions.project(session, cast.id, TERMS, **STAMP)
    assert [version.base.contacts for version in queries.initiative(session, cast.id).versions] == [100, 150]


def test_wrong_terms_are_refused(session: Session) -> None:
    cast = Cast(session)
    with pytest.raises(Unfit, match="high share is below the likely one"):
        actions.project(session, cast.id, replace(TERMS, share_high_bp=1), **STAMP)


def test_another_scope_writes_the_projection_down_again(session: Session) -> None:
    cast = Cast(session)
    actions.project(session, cast.id, TERMS, **STAMP)
    other = make_reason(session)
    make_totals(session, other.id, {date(2026, 9, 5): 11})
    wider = replace(cast.plan, reason_ids=frozenset({cast.reason.id, other.id}))
    actions.change(session, cast.id, wider, seen=1, **STAMP)
    versions = queries.initiative(session, cast.id).versions
    assert [(version.number, version.base.contacts) for version in versions] == [(1, 100), (2, 111)]
    assert versions[1].terms == TERMS


def test_from_approval_on_the_scope_stays(session: Session) -> None:
    cast = Cast(session).approved(session)
    with pytest.raises(Unfit, match="approved with the projection"):
        actions.change(session, cast.id, replace(cast.plan, channels=frozenset({"phone"})), seen=1, **STAMP)
    actions.change(session, cast.id, replace(cast.plan, name="Another name"), seen=1, **STAMP)
    assert queries.initiative(session, cast.id).plan.name == "Another name"


def test_an_initiative_goes_all_the_way_and_its_history_is_kept(session: Session) -> None:
    cast = Cast(session).approved(session)
    actions.move(session, cast.id, "progress", **stamp(cast.colleague))
    actions.move(session, cast.id, "live", go_live_on=date(2026, 9, 1), **stamp(cast.colleague))
    assert queries.initiative(session, cast.id).plan.go_live_on == date(2026, 9, 1)
    actions.move(session, cast.id, "closed", note="Done.", **stamp(cast.sponsor))
    steps = queries.history(session, cast.id)
    assert [step.stage for step in steps] == ["idea", "sizing", "approved", "progress", "live", "closed"]
    assert (steps[2].by, steps[5].note) == ("Dana", "Done.")


def test_everything_that_is_missing_is_refused_at_once(session: Session) -> None:
    cast = Cast(session)
    actions.move(session, cast.id, "sizing", **stamp(cast.owner))
    actions.change(session, cast.id, replace(cast.plan, sponsor_id=None), seen=1, **stamp(cast.owner))
    with pytest.raises(Refused, match=r"^Name a sponsor\. Write down a projection\. This step is for a sponsor\.$"):
        actions.move(session, cast.id, "approved", **stamp(cast.colleague))


def test_a_program_cannot_move_an_initiative(session: Session) -> None:
    cast = Cast(session)
    with pytest.raises(Refused, match="This step is for the SWAT team"):
        actions.move(session, cast.id, "sizing", **STAMP)


def test_a_go_live_to_come_is_refused_and_not_kept(session: Session) -> None:
    cast = Cast(session).approved(session)
    actions.move(session, cast.id, "progress", **stamp(cast.owner))
    with pytest.raises(Refused, match="15 Sep 2026, which is still to come"):
        actions.move(session, cast.id, "live", go_live_on=date(2026, 9, 15), **stamp(cast.owner))
    known = queries.initiative(session, cast.id)
    assert (known.stage, known.plan.go_live_on) == ("progress", None)


def test_a_step_sent_twice_is_taken_once(session: Session) -> None:
    cast = Cast(session)
    for _ in range(2):
        actions.move(session, cast.id, "sizing", seen_stage="idea", **stamp(cast.owner))
    assert len(queries.history(session, cast.id)) == 2


def test_who_saw_another_stage_is_told_what_it_is_now(session: Session) -> None:
    cast = Cast(session)
    actions.move(session, cast.id, "sizing", **stamp(cast.owner))
    with pytest.raises(Stale, match="it is sizing now"):
        actions.move(session, cast.id, "dropped", seen_stage="idea", note="No.", **stamp(cast.owner))


def test_dropping_needs_a_reason_and_reopening_keeps_what_was_frozen(session: Session) -> None:
    cast = Cast(session).approved(session)
    with pytest.raises(Refused, match="Say why it is dropped"):
        actions.move(session, cast.id, "dropped", note="  ", **stamp(cast.owner))
    actions.move(session, cast.id, "dropped", note="No labels to be had.", **stamp(cast.owner))
    with pytest.raises(Refused, match="nothing more is projected"):
        actions.project(session, cast.id, TERMS, **STAMP)
    actions.move(session, cast.id, "idea", **stamp(cast.owner))
    known = queries.initiative(session, cast.id)
    assert (known.stage, known.frozen is not None) == ("idea", True)


def test_an_initiative_that_is_not_there_is_said_to_be_missing(session: Session) -> None:
    with pytest.raises(Missing, match="INI-404"):
        queries.initiative(session, 404)
    with pytest.raises(Missing, match="INI-404"):
        actions.move(session, 404, "sizing", **STAMP)

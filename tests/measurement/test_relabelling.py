"""A step where the labels changed blocks what would be verified, until somebody confirms that they did not do it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.measurement import change_actions
from app.measurement.change_actions import Proposal
from app.measurement.estimates import Departure, Estimate, Fitted
from app.measurement.steps import Relabelling, steps
from app.people import trail_reading
from app.people.rules import Actor
from app.people.trail_reading import TrailFilter
from app.reasons import actions as reasons
from app.reasons.tables import RawReason, Reason
from app.values.errors import Refused
from app.values.periods import ONE_DAY, Period
from tests.builders import AT, TESTER, make_reason, make_user
from tests.initiative_builders import every_day
from tests.measurement.centre import (
    FIRST,
    GO_LIVE,
    RENAMED,
    Centre,
    codes,
    looks,
    make_centre,
    merged_with_a_step,
    replaced,
    stretch,
    told,
)

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
STAMP: dict[str, Any] = {"by": TESTER, "at": AT}


def estimate_of(observed: list[float]) -> Estimate:
    """100 expected on each of 364 days before 1 January 2026 and on 28 after it."""
    first, live = date(2025, 1, 2), date(2026, 1, 1)
    days = tuple(first + timedelta(days=number) for number in range(392))
    fitted = Fitted(
        observed=tuple(observed[364:]),
        expected=(100.0,) * 28,
        baseline_observed=tuple(observed[:364]),
        baseline_fitted=(100.0,) * 364,
        blocks=(),
        last=None,
        dispersion=1.0,
        correlation=0.0,
    )
    channels = {"phone": fitted}
    return Estimate("day", Period(first, live), 364, 0, days[:364], days[364:], channels, {}, Departure(), fades=True)


def found(observed: list[float], *days: date) -> list[tuple[date, float]]:
    those = [Relabelling(day, "“A” was renamed “B”", 1) for day in days]
    return [(one.relabelling.on, round(one.relative, 4)) for one in steps(estimate_of(observed), those, 0.9)]


def test_a_step_at_the_day_is_found_with_its_size_and_none_where_the_course_is_even() -> None:
    # 28 x 80 = 2,240 after, 2,800 before: (2,240.5 / 2,800.5) / (2,800.5 / 2,800.5) - 1 = -.2
    turned = date(2025, 7, 3)  # the 183rd day
    stepped = [100.0] * 182 + [80.0] * 210
    assert found(stepped, turned) == [(turned, -0.2)]
    assert found(stepped, turned - timedelta(days=60), turned + timedelta(days=60)) == []
    assert found([100.0] * 392, turned) == []


def test_what_is_no_larger_than_the_drift_is_no_step() -> None:
    # 13 blocks less one: t = 1.782, x .05 = .0891: a fall to 91.5 (.0888) is inside, one to 91.4 (.0899) is not
    turned = date(2025, 7, 3)
    assert found([100.0] * 182 + [91.5] * 210, turned) == []
    assert len(found([100.0] * 182 + [91.4] * 210, turned)) == 1


def test_a_restless_series_hides_a_step_that_an_even_one_would_show() -> None:
    restless = [130.0 if number // 28 % 2 else 100.0 for number in range(392)]
    turned = date(2025, 1, 2) + timedelta(days=168)
    assert found(restless, turned) == []


def test_a_day_with_hardly_a_day_on_one_side_cannot_be_judged() -> None:
    late = [100.0] * 379 + [50.0] * 13
    assert found(late, date(2025, 1, 2) + timedelta(days=379)) == []
    early = [100.0] * 378 + [50.0] * 14
    assert len(found(early, date(2025, 1, 2) + timedelta(days=378))) == 1


def confirmed(database: Database, centre: Centre, day: date = RENAMED, kind: str = "relabelling") -> int:
    def propose(session: Session) -> int:
        proposal = Proposal(kind, "Only the label changed", stretch(day, 1), "Tagged again", frozenset({centre.target}))
        return change_actions.propose(session, proposal, form_key=f"{kind}{day}", **STAMP)

    return database.write(propose)


def decided(database: Database, number: int, *, is_approved: bool = True) -> None:
    database.write(
        lambda session: change_actions.decide(session, number, is_approved=is_approved, note="Seen", **STAMP)
    )


def test_a_merge_with_a_step_blocks_until_somebody_confirms_it(database: Database) -> None:
    centre = database.write(merged_with_a_step)
    july = looks(database, centre.initiative_id, JULY + 40 * ONE_DAY)[JULY]
    assert july.state == "measuring"
    assert july.booked_minor == 0
    sentence = told(july, "step")
    assert sentence.startswith("On 2026-03-01 “Label lost” was merged into “Where is my label?”, and contacts stepped")
    assert "stepped down by" in sentence

    number = confirmed(database, centre)
    decided(database, number)
    august = looks(database, centre.initiative_id)[AUGUST]
    assert "step" not in codes(august)
    assert august.state == "verified"
    assert august.booked_minor > 0
    # A relabelling leaves no day out: 730 days of baseline, 61 + 31 of report.
    assert august.figures["baseline"]["periods"] == 730
    assert august.figures["reporting"]["periods"] == 92


def test_an_undecided_confirmation_disputes_and_a_rejected_one_confirms_nothing(database: Database) -> None:
    centre = database.write(merged_with_a_step)
    number = confirmed(database, centre)
    assert looks(database, centre.initiative_id, JULY + 40 * ONE_DAY)[JULY].state == "disputed"
    decided(database, number, is_approved=False)
    august = looks(database, centre.initiative_id)[AUGUST]
    assert (august.state, "step" in codes(august)) == ("measuring", True)


@pytest.mark.parametrize(("day", "kind"), [(RENAMED + ONE_DAY, "relabelling"), (date(2025, 1, 1), "other")])
def test_another_day_or_another_kind_of_entry_confirms_nothing(database: Database, day: date, kind: str) -> None:
    centre = database.write(merged_with_a_step)
    decided(database, confirmed(database, centre, day, kind))
    assert "step" in codes(looks(database, centre.initiative_id)[AUGUST])


def test_a_rename_without_a_step_is_nothing(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        reasons.rename(session, centre.target, "Label not found", valid_from=RENAMED, **STAMP)
        reasons.retire(session, centre.untouched[0], valid_from=GO_LIVE, **STAMP)
        return centre

    centre = database.write(make)
    august = looks(database, centre.initiative_id)[AUGUST]
    assert (august.state, "step" in codes(august)) == ("verified", False)


@pytest.mark.parametrize("change", ["renamed", "moved", "retired", "renamed below"])
def test_every_kind_of_change_at_go_live_has_to_be_told_from_the_effect(database: Database, change: str) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        child = make_reason(session, "Parcel", parent=session.get(Reason, centre.target))
        when: dict[str, Any] = {"valid_from": GO_LIVE, **STAMP}
        if change == "renamed":
            reasons.rename(session, centre.target, "Label", **when)
        elif change == "moved":
            reasons.move(session, centre.target, make_reason(session, "Above").id, **when)
        elif change == "retired":
            reasons.retire(session, centre.target, **when)
        else:
            reasons.rename(session, child.id, "Packet", **when)
        return centre

    centre = database.write(make)
    august = looks(database, centre.initiative_id)[AUGUST]
    assert august.state == "measuring"
    # 70 came where 100 were to be expected, on 28 days after and before: 30 % less
    assert "down by 30%" in told(august, "step")


def test_a_value_of_a_source_that_is_given_another_meaning_is_a_relabelling(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session, days=every_day(FIRST, 800, 100) | every_day(date(2026, 8, 10), 52, 60))
        replaced(session, centre.target, every_day(GO_LIVE, 70, 70))
        raw = RawReason(source="Phones", value="LBL", reason_id=centre.target)
        session.add(raw)
        session.flush()
        reasons.map_raw(session, raw.id, centre.untouched[0], by=TESTER, at=AT.replace(month=8, day=10))
        return centre

    centre = database.write(make)
    september = looks(database, centre.initiative_id, date(2026, 10, 1))[date(2026, 9, 1)]
    assert september.state == "measuring"
    assert told(september, "step").startswith(
        "On 2026-08-10 “LBL” of Phones was told to mean “Untouched 0”, and contacts stepped down by 14% there"
    )


def test_a_confirmation_is_in_the_trail_with_who_and_when_and_needs_two_people(database: Database) -> None:
    centre = database.write(merged_with_a_step)
    marta = database.write(lambda session: Actor(make_user(session, name="Marta").id, "Marta"))
    proposal = Proposal("relabelling", "Only the label", stretch(RENAMED, 1), "Tagged again", frozenset())
    number = database.write(lambda session: change_actions.propose(session, proposal, form_key="k", by=marta, at=AT))
    with pytest.raises(Refused, match="Who proposes a change does not decide on it"):
        database.write(
            lambda session: change_actions.decide(session, number, is_approved=True, note="", by=marta, at=AT)
        )
    decided(database, number)
    with database.reading() as session:
        told_ones = trail_reading.changes(session, TrailFilter(subject=f"change:{number}"), before=None, limit=9)
    assert [(one.action, one.by.name) for one in told_ones] == [
        ("change.approved", TESTER.name),
        ("change.proposed", "Marta"),
    ]
    assert looks(database, centre.initiative_id)[AUGUST].state == "verified"

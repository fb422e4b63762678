from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.people.tables import AuditEntry
from app.reasons import actions, queries
from app.reasons.queries import RawMeaning
from app.reasons.tables import RawReason, Reason, ReasonFact
from app.values.errors import Missing, Refused
from tests.builders import AT, TESTER, make_department, make_reason
from tests.crowd import at_once

TODAY = AT.date()
STAMP: dict[str, Any] = {"by": TESTER, "at": AT, "valid_from": TODAY}


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def trail_of(session: Session) -> list[tuple[str, Any, Any]]:
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
    return [(row.action, row.before, row.after) for row in rows]


def test_a_path_is_made_once_and_found_again_whatever_its_case(session: Session) -> None:
    first = actions.ensure_path(session, ("Delivery", "Late"), **STAMP)
    second = actions.ensure_path(session, ("delivery", "LATE"), **STAMP)
    assert first == second
    assert queries.tree(session).text(first) == "Delivery > Late"
    assert count(session, Reason) == 2


def test_a_fourth_level_is_refused_and_nothing_is_kept(session: Session) -> None:
    with pytest.raises(Refused, match="4 levels"):
        actions.ensure_path(session, ("a", "b", "c", "d"), **STAMP)
    top = make_reason(session, "Top")
    middle = make_reason(session, "Middle", parent=top)
    leaf = make_reason(session, "Leaf", parent=middle)
    before = count(session, Reason)
    with pytest.raises(Refused, match="4 levels"), session.begin_nested():
        actions.add(session, "Deeper", leaf.id, **STAMP)
    assert count(session, Reason) == before


def test_a_twin_among_siblings_is_refused(session: Session) -> None:
    top = make_reason(session, "Delivery")
    make_reason(session, "Late", parent=top)
    with pytest.raises(Refused, match="already"):
        actions.add(session, " late ", top.id, **STAMP)


def test_a_rename_changes_the_name_on_reads_and_no_row(session: Session) -> None:
    reason = make_reason(session, "Where is my order?")
    before = {row.id: row.name for row in session.scalars(select(ReasonFact))}
    actions.rename(session, reason.id, "Order late", by=TESTER, at=AT, valid_from=date(2026, 5, 1))
    assert queries.tree(session).text(reason.id) == "Order late"
    assert queries.tree(session, date(2026, 4, 30)).text(reason.id) == "Where is my order?"
    rows = {row.id: row.name for row in session.scalars(select(ReasonFact))}
    assert {number: rows[number] for number in before} == before
    assert len(rows) == len(before) + 1
    assert trail_of(session)[-1] == (
        "reason.renamed",
        {"name": "Where is my order?"},
        {"name": "Order late", "valid_from": "2026-05-01"},
    )


def test_sending_the_same_change_twice_leaves_one_fact_and_one_entry(session: Session) -> None:
    reason = make_reason(session)
    actions.rename(session, reason.id, "Order late", **STAMP)
    facts, entries = count(session, ReasonFact), len(trail_of(session))
    actions.rename(session, reason.id, "Order late", **STAMP)
    assert (count(session, ReasonFact), len(trail_of(session))) == (facts, entries)


def test_a_change_from_tomorrow_on_is_refused(session: Session) -> None:
    reason = make_reason(session)
    with pytest.raises(Refused, match="in the future"):
        actions.rename(session, reason.id, "x", by=TESTER, at=AT, valid_from=date(2026, 9, 16))


def test_a_reason_cannot_be_moved_below_itself(session: Session) -> None:
    top = make_reason(session, "Top")
    child = make_reason(session, "Child", parent=top)
    with pytest.raises(Refused, match="below itself"):
        actions.move(session, top.id, child.id, **STAMP)


def test_a_move_that_makes_a_circle_only_on_a_later_day_is_refused_too(session: Session) -> None:
    one, two = make_reason(session, "One"), make_reason(session, "Two")
    actions.move(session, one.id, two.id, by=TESTER, at=AT, valid_from=date(2026, 6, 1))
    with pytest.raises(Refused, match="below itself"):
        actions.move(session, two.id, one.id, by=TESTER, at=AT, valid_from=date(2026, 1, 1))


def test_a_move_under_nothing_and_under_a_missing_reason(session: Session) -> None:
    top = make_reason(session, "Top")
    child = make_reason(session, "Child", parent=top)
    actions.move(session, child.id, None, **STAMP)
    assert queries.tree(session).path(child.id) == ("Child",)
    with pytest.raises(Missing):
        actions.move(session, child.id, 987_654, **STAMP)


def test_owner_flag_and_retirement_hold_from_their_day(session: Session) -> None:
    reason = make_reason(session, "Late")
    owner = make_department(session, "Logistics")
    actions.set_owner(session, reason.id, owner.id, **STAMP)
    actions.mark_other(session, reason.id, is_other=True, **STAMP)
    actions.retire(session, reason.id, **STAMP)
    node = queries.tree(session, TODAY).node(reason.id)
    assert (node.department_id, node.is_other, node.is_retired) == (owner.id, True, True)
    assert queries.tree(session, date(2026, 9, 13)).node(reason.id).is_retired is False
    actions.retire(session, reason.id, is_retired=False, **STAMP)
    assert reason.id in [node.id for node in queries.tree(session).in_use()]
    assert len(queries.history(session, reason.id)) == 5


def test_a_merge_reads_elsewhere_from_its_day_and_moves_what_lay_below(session: Session) -> None:
    old, new = make_reason(session, "Old"), make_reason(session, "New")
    child = make_reason(session, "Child", parent=old)
    actions.merge(session, old.id, new.id, **STAMP)
    tree = queries.tree(session)
    assert tree.text(old.id) == "New"
    assert tree.text(child.id) == "New > Child"
    assert queries.tree(session, date(2026, 1, 1)).text(child.id) == "Old > Child"
    assert actions.ensure_path(session, ("Old",), **STAMP) == old.id
    assert actions.ensure_path(session, ("Old", "Child"), **STAMP) == child.id


def test_a_merge_of_parents_with_equal_children_is_refused(session: Session) -> None:
    old, new = make_reason(session, "Old"), make_reason(session, "New")
    make_reason(session, "Child", parent=old)
    make_reason(session, "Child", parent=new)
    with pytest.raises(Refused, match="below “New” already"):
        actions.merge(session, old.id, new.id, **STAMP)


def learn(session: Session, *values: str, source: str = "City", create: bool = True) -> dict[str, RawMeaning]:
    return actions.learn_raw(session, source, values, create=create, **STAMP)


def test_the_same_path_means_the_same_reason_from_every_source(session: Session) -> None:
    city = learn(session, "Roads > Pothole", "Roads", "roads > pothole")
    county = learn(session, "Roads > Pothole", source="County")
    assert city["Roads > Pothole"].reason_id == city["roads > pothole"].reason_id
    assert city["Roads > Pothole"].reason_id == county["Roads > Pothole"].reason_id
    assert city["Roads > Pothole"].id != county["Roads > Pothole"].id
    assert [node.name for node in queries.tree(session).walk()] == ["Roads", "Pothole"]


def test_a_value_nobody_has_mapped_waits_until_reasons_may_be_made(session: Session) -> None:
    make_reason(session, "Roads")
    waiting = learn(session, "Roads", "Pothole", create=False)
    assert waiting["Roads"].reason_id is not None
    assert waiting["Pothole"].reason_id is None
    assert [raw.value for raw in queries.unmapped_raw_values(session)] == ["Pothole"]
    made = learn(session, "Pothole")
    assert made["Pothole"].id == waiting["Pothole"].id
    assert queries.tree(session).text(made["Pothole"].reason_id or 0) == "Pothole"


def test_a_value_keeps_its_meaning_when_its_reason_is_renamed(session: Session) -> None:
    reason_id = learn(session, "Pothole")["Pothole"].reason_id or 0
    actions.rename(session, reason_id, "Hole in the road", **STAMP)
    assert learn(session, "Pothole")["Pothole"].reason_id == reason_id
    assert count(session, Reason) == 1


def test_a_value_can_be_given_another_meaning_and_the_trail_says_so(session: Session) -> None:
    raw = learn(session, "Hole")["Hole"]
    other = make_reason(session, "Pothole")
    actions.map_raw(session, raw.id, other.id, by=TESTER, at=AT)
    assert learn(session, "Hole")["Hole"].reason_id == other.id
    assert [one.value for one in queries.raw_values_of(session, [other.id])] == ["Hole"]
    action, before, after = trail_of(session)[-1]
    assert (action, before["reason"], after["reason"]) == ("raw_reason.mapped", "Hole", "Pothole")


def test_a_raw_path_of_four_levels_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="4 levels"):
        learn(session, "a > b > c > d")


def at_the_same_time(*works: Callable[[], Any]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result(timeout=60)


def test_two_imports_that_bring_the_same_new_paths_at_once_make_each_once(database: Database) -> None:
    values = [f"Group {number % 5} > Reason {number}" for number in range(30)]

    def import_as(source: str) -> None:
        database.write(lambda session: learn(session, *values, source=source))

    at_the_same_time(*(lambda name=name: import_as(name) for name in ("A", "B", "C", "A")))
    with database.reading() as session:
        assert count(session, Reason) == 35
        assert count(session, RawReason) == 90
        assert len({raw.reason_id for raw in queries.raw_values(session, "B").values()}) == 30


def outcomes(*works: Callable[[], Any]) -> list[str]:
    """What became of works done at the same time: done, or the sentence that refused one."""

    def tried(work: Callable[[], Any]) -> str:
        try:
            work()
        except Refused as error:
            return error.sentence
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(tried, work) for work in works]]


def test_of_two_who_move_reasons_below_each_other_at_once_one_is_refused(database: Database) -> None:
    one, two = database.write(lambda session: (make_reason(session, "One").id, make_reason(session, "Two").id))
    told = outcomes(
        lambda: database.write(lambda session: actions.move(session, one, two, **STAMP)),
        lambda: database.write(lambda session: actions.move(session, two, one, **STAMP)),
    )
    assert sorted("below itself" in words for words in told) == [False, True]
    with database.reading() as session:
        assert sorted(queries.tree(session).level(reason_id) for reason_id in (one, two)) == [1, 2]


def test_of_two_who_add_the_same_reason_at_once_one_is_refused(database: Database) -> None:
    told = outcomes(
        *[lambda: database.write(lambda session: actions.add(session, "Late", None, **STAMP)) for _ in range(3)]
    )
    assert sorted(words == "done" for words in told) == [False, False, True]
    with database.reading() as session:
        assert count(session, Reason) == 1


def test_paths_that_are_ensured_at_once_are_made_once(database: Database) -> None:
    at_the_same_time(
        *[lambda: database.write(lambda session: actions.ensure_path(session, ("A", "B"), **STAMP)) for _ in range(4)]
    )
    with database.reading() as session:
        assert count(session, Reason) == 2
        assert [action for action, _, _ in trail_of(session)] == ["reason.added"]


def test_of_two_who_decide_by_the_newest_fact_at_once_one_sees_the_other(database: Database) -> None:
    late = database.write(lambda session: make_reason(session, "Late").id)
    with database.reading() as session:
        seen = len(queries.history(session, late))

    def rename(session: Session, name: str) -> str:
        actions.hold(session)
        if len(queries.history(session, late)) != seen:
            return "told"
        actions.rename(session, late, name, **STAMP)
        return "saved"

    told = at_once(
        *[lambda name=name: database.write(lambda session: rename(session, name)) for name in ("Later", "Too late")]
    )
    assert sorted(told) == ["saved", "told"]

"""Contacts past their time go; the days that they were counted in stay as they were, whoever counts them again."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.cli.check import differences
from app.config import Settings
from app.contacts import actions, importing, totalled, undoing
from app.contacts.days import touch
from app.contacts.privacy import dropping, queries
from app.contacts.privacy.actions import decide
from app.contacts.privacy.rules import Decided, first_kept_day
from app.contacts.privacy.tables import DroppedTotal
from app.contacts.rules import Choices
from app.contacts.tables import Contact, ContactChange, ImportBatch, ImportReject
from app.counting.everything import count_everything
from app.counting.tables import DailyTotal
from app.db import Database
from app.people.tables import AuditEntry
from app.ranking import queries as ranking
from app.ranking.rules import Question
from app.tagging import actions as tagging
from app.values.errors import Missing, Refused
from app.values.periods import Period
from tests.builders import TESTER, make_reason
from tests.intake_builders import LEAD, NOW, SOURCE, counts, import_rows, make_file, make_line, make_settings

LATER = datetime(2028, 9, 20, 12, tzinfo=UTC)
# 24 months before LATER: contacts of 2026-09-01 to 19 are past their time, those of the 20th on are not.
FIRST_KEPT = date(2026, 9, 20)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return make_settings(database, tmp_path)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "AT_ONCE", 7)


def keep_for(database: Database, months: int | None = 24) -> None:
    database.write(lambda session: decide(session, Decided(kept_months=months), by=TESTER, at=NOW))


def day_line(number: int, day: int, **fields: str) -> list[str]:
    return make_line(number, **{"occurred_at": f"2026-09-{day:02d}T{number % 24:02d}:15:00Z", **fields})


def fill(database: Database, settings: Settings) -> None:
    """40 contacts on the 1st to the 10th, one of the same customer on the 25th, some odd, tagged and changed."""
    rows = [day_line(number, 1 + number % 10) for number in range(40)]
    rows[3] = day_line(3, 4, handle_seconds="99999")
    rows[4] = day_line(4, 5, reason="")
    import_rows(database, settings, [*rows, day_line(90, 25), day_line(91, 3, occurred_at="soon")], at=LATER)
    import_rows(database, settings, [day_line(7, 8, note="changed")], at=LATER)


def figures(database: Database) -> list[Mapping[str, Any]]:
    with database.reading() as session:
        rows = session.execute(text("select * from daily_total order by day, reason_id, channel, source_id"))
        return [dict(row._mapping) for row in rows]


def number_of(database: Database, table: type[Any]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def recount_everything(database: Database) -> None:
    with database.reading() as session:
        days = set(session.scalars(select(DailyTotal.day)))
    database.write(lambda session: touch(session, days))
    count_everything(database)


def wrong(database: Database, settings: Settings) -> list[str]:
    with database.reading() as session:
        return list(differences(session, settings))


def drop(database: Database, settings: Settings, **more: Any) -> dropping.Extent:
    return dropping.drop(database, settings, by=TESTER, at=LATER, **more)


def test_what_is_dropped_stays_in_every_total(database: Database, settings: Settings, small_steps: None) -> None:
    fill(database, settings)
    keep_for(database)
    with database.reading() as session:
        before = ranking.ranking(session, Question(YEAR))
        told = dropping.extent(session, settings, at=LATER)
    held = figures(database)
    assert drop(database, settings) == told
    assert (told.before, told.contacts, told.changes) == (FIRST_KEPT, 40, 1)
    assert number_of(database, Contact) == 1
    assert number_of(database, ContactChange) == 0
    assert figures(database) == held
    recount_everything(database)
    assert figures(database) == held
    assert wrong(database, settings) == []
    with database.reading() as session:
        assert ranking.ranking(session, Question(YEAR)) == before
        assert queries.dropped(session) == queries.Dropped(40, 10, FIRST_KEPT)


def test_a_total_that_was_lost_is_found_by_the_check_and_counted_anew(database: Database, settings: Settings) -> None:
    fill(database, settings)
    keep_for(database)
    drop(database, settings)
    held = figures(database)
    database.write(lambda session: session.execute(text("delete from daily_total where day = '2026-09-03'")))
    assert len(wrong(database, settings)) == 1
    database.write(lambda session: touch(session, [date(2026, 9, 3)]))
    count_everything(database)
    assert figures(database) == held


def test_the_trail_has_one_entry_a_run_and_none_where_nothing_went(database: Database, settings: Settings) -> None:
    fill(database, settings)
    keep_for(database)
    for _ in range(2):
        drop(database, settings)
    with database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "contacts.dropped"))
    assert entry.after == {"before_day": "2026-09-20", "contacts": 40, "changes": 1, "rejected_rows": 0, "files": 0}


class Killed(Exception):  # noqa: N818  (a kill is no error)
    pass


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_killed_run_goes_on_to_the_same_end(
    database: Database, settings: Settings, small_steps: None, after: int
) -> None:
    fill(database, settings)
    keep_for(database)
    held = figures(database)
    steps = iter(range(after))

    def told(*_far: int) -> None:
        if next(steps, None) is None:
            raise Killed

    with pytest.raises(Killed):
        drop(database, settings, told=told)
    assert number_of(database, Contact) == max(1, 41 - 7 * (after + 1))
    recount_everything(database)
    assert figures(database) == held
    assert wrong(database, settings) == []
    with database.reading() as session:
        assert dropping.is_due(session, settings, at=LATER)
    assert drop(database, settings).contacts == 40
    assert figures(database) == held
    with database.reading() as session:
        assert not dropping.is_due(session, settings, at=LATER)
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "contacts.dropped"))
    assert (entry.after or {})["contacts"] == 40


def test_a_kill_within_a_step_leaves_no_trace_of_it(
    database: Database, settings: Settings, small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, settings)
    keep_for(database)

    def killed(*_given: Any, **_named: Any) -> None:
        raise Killed

    monkeypatch.setattr(dropping, "_count", killed)
    with pytest.raises(Killed):
        drop(database, settings)
    assert number_of(database, Contact) == 41
    assert number_of(database, DroppedTotal) == 0


def test_a_file_of_dropped_days_is_rejected_row_by_row(database: Database, settings: Settings) -> None:
    fill(database, settings)
    keep_for(database)
    drop(database, settings)
    held = figures(database)
    rows = [day_line(1, 2), day_line(200, 19), day_line(90, 25), day_line(201, 20)]
    path = make_file(settings.instance, rows)
    preview = importing.preview_file(database, settings, path, Choices(SOURCE), at=LATER)
    assert (preview.counts.rejected, preview.counts.unchanged, preview.counts.new) == (2, 1, 1)
    taken = import_rows(database, settings, rows, at=LATER)
    assert counts(taken) == {"read": 4, "rejected": 2, "unchanged": 1, "new": 1}
    with database.reading() as session:
        sentence = session.scalar(select(ImportReject.sentence).where(ImportReject.batch_id == taken.id).limit(1))
    assert sentence == (
        "Contacts are kept from 20 Sep 2026 on. Those of 2 Sep 2026 were dropped and stand in the daily totals: "
        "taken in again they would count twice."
    )
    assert [row for row in figures(database) if str(row["day"]) < "2026-09-20"] == [
        row for row in held if str(row["day"]) < "2026-09-20"
    ]


def test_nobody_logs_or_moves_a_contact_into_a_dropped_day(database: Database, settings: Settings) -> None:
    fill(database, settings)
    keep_for(database)
    drop(database, settings)
    old = actions.Told(datetime(2026, 9, 19, 12, tzinfo=UTC), "phone")
    key = uuid.uuid4()
    with pytest.raises(Refused, match="were dropped"):
        database.write(lambda session: actions.log_contact(session, settings, key, old, None, by=LEAD, at=LATER))
    with database.reading() as session:
        (kept,) = session.scalars(select(Contact.id))
    work = partial(actions.correct, settings=settings, contact_id=kept, told=old, seen_number=0, by=LEAD, at=LATER)
    with pytest.raises(Refused, match="were dropped"):
        database.write(work)


def test_undoing_an_old_import_takes_back_only_what_is_still_there(database: Database, settings: Settings) -> None:
    fill(database, settings)
    keep_for(database)
    drop(database, settings)
    held = [row for row in figures(database) if str(row["day"]) < "2026-09-20"]
    extent = undoing.undo(database, 1, by=LEAD, at=LATER)
    assert undoing.undo(database, 2, by=LEAD, at=LATER).restored == 0
    count_everything(database)
    assert extent.removed == 1
    assert figures(database) == held
    assert wrong(database, settings) == []


def test_a_contact_that_is_gone_cannot_be_tagged(database: Database, settings: Settings) -> None:
    fill(database, settings)
    reason = database.write(make_reason).id
    with database.reading() as session:
        gone = session.scalars(select(Contact.id).where(Contact.day == date(2026, 9, 5))).first() or uuid.uuid4()
    keep_for(database)
    drop(database, settings)
    with pytest.raises(Missing):
        database.write(lambda session: tagging.tag(session, gone, reason, by=LEAD, at=LATER))


def test_nothing_goes_while_an_import_is_under_way(database: Database, settings: Settings) -> None:
    fill(database, settings)
    keep_for(database)
    database.write(lambda session: session.execute(text("update import_batch set state = 'running' where id = 1")))
    with pytest.raises(Refused, match="Import 1 is being taken in or undone"):
        drop(database, settings)
    assert number_of(database, Contact) == 41
    with database.reading() as session:
        assert totalled.days(session, SOURCE) == frozenset()


def test_rejected_rows_examples_and_waiting_files_go_with_the_contacts_of_their_time(
    database: Database, settings: Settings
) -> None:
    path = make_file(settings.instance, [day_line(1, 1), day_line(2, 2, occurred_at="soon")])
    taken = importing.import_file(database, settings, path, Choices(SOURCE), by=LEAD, at=NOW)
    with path.open("rb") as file:
        waiting = importing.receive(database, settings, file, "later.csv", Choices(SOURCE), by=LEAD, at=NOW)
    importing.preview(database, settings, waiting, at=NOW)
    aside = dropping.rejects_file(settings, taken)
    aside.parent.mkdir()
    aside.write_text("rows")
    keep_for(database)
    found = drop(database, settings)
    assert (found.contacts, found.rejected_rows, found.files) == (1, 1, 1)
    assert number_of(database, ImportReject) == 0
    assert not aside.exists()
    assert not list(settings.uploads.iterdir())
    with database.reading() as session:
        states = {row.id: (row.state, row.preview, row.rejected) for row in session.scalars(select(ImportBatch))}
    assert states == {taken: ("done", None, 1), waiting: ("removed", None, 0)}
    assert wrong(database, settings) == []


def test_without_a_decision_contacts_are_kept_for_ever(database: Database, settings: Settings) -> None:
    fill(database, settings)
    with database.reading() as session:
        assert not dropping.is_due(session, settings, at=LATER)
    with pytest.raises(Refused, match="kept for ever"):
        drop(database, settings)
    assert number_of(database, Contact) == 41


def test_more_months_bring_nothing_back_and_open_no_day(database: Database, settings: Settings) -> None:
    fill(database, settings)
    keep_for(database)
    drop(database, settings)
    keep_for(database, 36)
    with database.reading() as session:
        assert dropping.extent(session, settings, at=LATER).before == FIRST_KEPT
    assert drop(database, settings).is_nothing


@pytest.mark.parametrize(
    ("today", "months", "day"),
    [
        (date(2028, 9, 20), 24, date(2026, 9, 20)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2027, 12, 31), 12, date(2026, 12, 31)),
        (date(20, 1, 1), 600, date.min),
    ],
)
def test_the_first_kept_day_is_the_same_day_of_an_earlier_month(today: date, months: int, day: date) -> None:
    assert first_kept_day(today, months) == day


@pytest.fixture(autouse=True)
def _nothing_left_open(database: Database) -> Iterator[None]:
    yield
    database.close()

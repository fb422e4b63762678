"""Imports taken back: the database is what it was before, row by row."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.config import Settings
from app.contacts import queries, undoing
from app.contacts.tables import Contact, ContactChange, ContactReason
from app.contacts.undoing import Extent
from app.counting.everything import count_everything
from app.db import Database
from app.people.tables import AuditEntry
from app.reasons import queries as reasons
from app.tagging import actions as tagging
from app.values.errors import Refused
from tests.intake_builders import LEAD, NOW, contacts, contents, import_rows, make_line, make_settings


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


def undo(database: Database, batch_id: int) -> Extent:
    extent = undoing.undo(database, batch_id, by=LEAD, at=NOW)
    count_everything(database)
    return extent


def tag(database: Database, external_id: str, reason: str) -> None:
    with database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.external_id == external_id)).one()
        given = next(node.id for node in reasons.tree(session).nodes.values() if node.name == reason)
    database.write(
        lambda session: tagging.tag(session, contact.id, given, by=LEAD, at=NOW, instead_of=contact.reason_id)
    )
    count_everything(database)


def newer(number: int) -> list[str]:
    return make_line(number, note="newer", reason="Billing > Fees", occurred_at="2026-09-09T08:00:00Z")


def test_undo_leaves_every_table_of_contacts_as_it_was(database: Database, settings: Settings) -> None:
    import_rows(database, settings, [make_line(number) for number in range(20)])
    before = contents(database)
    batch = import_rows(database, settings, [*map(newer, range(5)), *map(make_line, range(15, 40))])
    assert (batch.counts.updated, batch.counts.unchanged, batch.counts.new) == (5, 5, 20)
    assert contents(database) != before
    with database.reading() as session:
        assert undoing.extent(session, batch.id) == Extent(removed=20, tagged_since=0, restored=5)
    assert undo(database, batch.id) == Extent(removed=20, tagged_since=0, restored=5)
    assert contents(database) == before


def test_undo_pressed_twice_is_done_once(database: Database, settings: Settings) -> None:
    batch = import_rows(database, settings, [make_line(1)])
    assert undo(database, batch.id).removed == 1
    assert undo(database, batch.id) == Extent(0, 0, 0)
    with database.reading() as session:
        assert queries.batch(session, batch.id).state == "undone"
        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
    assert actions == ["import.done", "import.undone"]


def test_the_trail_says_when_an_undo_was_done(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = import_rows(database, settings, [make_line(1)])
    later = NOW + timedelta(hours=1)
    monkeypatch.setattr("app.clock.now", lambda: later)
    undo(database, batch.id)
    with database.reading() as session:
        assert session.scalars(select(AuditEntry.at).where(AuditEntry.action == "import.undone")).one() == later


def test_a_file_can_be_taken_in_again_after_undo(database: Database, settings: Settings) -> None:
    rows = [make_line(number) for number in range(20)]
    before = import_rows(database, settings, rows)
    held = [{**row, "batch_id": None} for row in contents(database)["contact"]]
    undo(database, before.id)
    again = import_rows(database, settings, rows)
    assert (again.id, again.counts.new) == (before.id + 1, 20)
    assert [{**row, "batch_id": None} for row in contents(database)["contact"]] == held


def test_it_is_said_how_many_were_tagged_since_and_they_go_too(database: Database, settings: Settings) -> None:
    batch = import_rows(database, settings, [make_line(number) for number in range(6)])
    tag(database, "C-0", "Billing")
    tag(database, "C-1", "Billing")
    with database.reading() as session:
        assert undoing.extent(session, batch.id) == Extent(removed=6, tagged_since=2, restored=0)
    undo(database, batch.id)
    assert contents(database) == {name: [] for name in contents(database)}


def test_a_tag_that_a_person_gave_to_an_updated_contact_stays_when_the_update_is_undone(
    database: Database, settings: Settings
) -> None:
    import_rows(database, settings, [make_line(0), make_line(2)])
    batch = import_rows(database, settings, [make_line(0, reason="Delivery > Lost", note="newer")])
    tag(database, "C-0", "Billing")
    undo(database, batch.id)
    (contact,) = (row for row in contacts(database) if row["external_id"] == "C-0")
    with database.reading() as session:
        tree = reasons.tree(session)
    assert (contact["note"], tree.text(contact["reason_id"])) == (None, "Billing")
    with database.reading() as session:
        below = session.scalars(select(ContactChange)).one().before["reason_id"]
    assert tree.text(below) == "Delivery > Late", "below the tag lies what was there before the update"


def test_of_two_updates_the_earlier_can_be_undone_first(database: Database, settings: Settings) -> None:
    import_rows(database, settings, [make_line(0)])
    before = contents(database)
    second = import_rows(database, settings, [make_line(0, note="second", handle_seconds="100")])
    after_third_alone = import_rows(database, settings, [make_line(0, note="third", handle_seconds="100")])
    undo(database, second.id)
    assert contacts(database)[0]["note"] == "third"
    undo(database, after_third_alone.id)
    assert contents(database) == before


def test_an_undo_that_was_killed_goes_on(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "REMOVED_AT_ONCE", 4)
    monkeypatch.setattr(undoing, "RESTORED_AT_ONCE", 2)
    import_rows(database, settings, [make_line(number) for number in range(5)])
    before = contents(database)
    batch = import_rows(database, settings, [*map(newer, range(5)), *map(make_line, range(10, 20))])
    calls = 0

    def die(done: int, in_all: int, rows: int) -> None:
        nonlocal calls
        calls += 1
        assert in_all == 15
        if calls in {2, 5}:
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            undoing.undo(database, batch.id, by=LEAD, at=NOW, progress=die)
        with pytest.raises(Refused, match="is being undone"):
            import_rows(database, settings, [make_line(77)])
    assert undo(database, batch.id) == Extent(removed=10, tagged_since=0, restored=5)
    assert contents(database) == before


def test_what_was_not_taken_in_cannot_be_undone(database: Database, settings: Settings) -> None:
    batch = import_rows(database, settings, [make_line(1)])
    database.write(lambda session: session.execute(text("update import_batch set state = 'previewed'")))
    with pytest.raises(Refused, match="nothing to undo"):
        undo(database, batch.id)
    with pytest.raises(Refused, match="There is no import 99"):
        undo(database, 99)


def test_a_further_reason_that_a_person_added_stays_when_the_one_of_a_file_is_taken_back(
    database: Database, settings: Settings
) -> None:
    header = ("external_id", "occurred_at", "reason", "further_reasons")
    moment = "2026-09-01T08:00:00Z"
    plain = [["1", moment, "Delivery", ""], ["2", moment, "Late", ""]]
    import_rows(database, settings, plain, header=header)
    update = import_rows(database, settings, [["1", moment, "Delivery", "Billing"]], header=header)
    with database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.external_id == "1")).one()
        late = next(node.id for node in reasons.tree(session).nodes.values() if node.name == "Late")
    database.write(lambda session: tagging.add_further(session, contact.id, late, by=LEAD, at=NOW))
    undo(database, update.id)
    with database.reading() as session:
        assert list(session.scalars(select(ContactReason.reason_id))) == [late]

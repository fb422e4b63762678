"""A customer is erased: their contacts stay and count, and nothing tells of them any more, whatever comes in later."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.cli.check import differences
from app.config import Settings
from app.contacts import actions, importing
from app.contacts.privacy import erasing, queries
from app.contacts.rules import Choices
from app.contacts.tables import Contact, ContactChange, ImportReject
from app.db import Database
from app.people.tables import AuditEntry
from app.values.errors import Refused
from tests.builders import TESTER
from tests.intake_builders import (
    LEAD,
    NOW,
    SOURCE,
    contacts,
    counts,
    import_path,
    import_rows,
    make_line,
    make_settings,
)

HEADER = ("external_id", "occurred_at", "channel", "reason", "customer", "handle_seconds", "note", "Area")
ADA, BOB = "ada@mail.example", "+14165550123"


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return make_settings(database, tmp_path, TRACKER_REGION="CA")


def line(number: int, customer: str, **fields: str) -> list[str]:
    return [*make_line(number, customer=customer, **{"note": f"note {number}", **fields}), "North"]


def rows_of_both() -> list[list[str]]:
    return [
        line(1, ADA),
        line(2, "Ada@Mail.Example", external_id=""),
        line(3, BOB),
        line(4, ADA),
        line(5, "(416) 555-0123", external_id=""),
        line(6, ""),
    ]


def erase(database: Database, settings: Settings, customer: str = ADA) -> erasing.Extent:
    return erasing.erase(database, settings, customer, by=TESTER, at=NOW)


def everything_said(database: Database) -> str:
    """All that the database holds, as text."""
    with database.reading() as session:
        tables = ("contact", "contact_change", "import_reject", "import_batch", "audit_entry", "erased_customer")
        return " ".join(str(row) for table in tables for row in session.execute(text(f"select * from {table}")))


def test_the_contacts_stay_with_their_reasons_and_totals_and_lose_the_customer(
    database: Database, settings: Settings
) -> None:
    import_rows(database, settings, rows_of_both(), header=HEADER)
    import_rows(database, settings, [line(4, ADA, note="changed")], header=HEADER)
    with database.reading() as session:
        before = [tuple(row) for row in session.execute(text("select * from daily_total order by 1, 2, 3, 4"))]
        told = erasing.extent(session, settings, "ADA@mail.example ")
    assert erase(database, settings) == told == erasing.Extent(contacts=3, rejected_rows=0)
    by_reason = [(row["reason_id"], row["note"]) for row in contacts(database)]
    assert len(by_reason) == 6
    assert all(reason is not None for reason, _ in by_reason)
    for row in contacts(database):
        is_erased = bytes(row["content"]) == b"erased"
        assert is_erased == (row["note"] is None) == (row["attributes"] is None)
        assert not is_erased or row["customer_key"] is None
    with database.reading() as session:
        assert [tuple(row) for row in session.execute(text("select * from daily_total order by 1, 2, 3, 4"))] == before
        assert list(session.scalars(select(ContactChange))) == []
        assert list(differences(session, settings)) == []
    assert sum(row["customer_key"] is not None for row in contacts(database)) == 2


def test_the_same_file_brings_nobody_back(database: Database, settings: Settings) -> None:
    import_rows(database, settings, rows_of_both(), header=HEADER)
    erase(database, settings)
    erase(database, settings, "416 555 0123")
    held = contacts(database)
    assert counts(import_rows(database, settings, rows_of_both(), header=HEADER)) == {"read": 6, "unchanged": 6}
    preview = importing.preview_file(database, settings, settings.instance / "contacts.csv", Choices(SOURCE), at=NOW)
    assert preview.counts.unchanged == 6
    assert contacts(database) == held
    newer = [line(1, ADA, note="newer"), line(4, "", note="without the customer")]
    assert counts(import_rows(database, settings, newer, header=HEADER)) == {"read": 2, "unchanged": 2}
    assert contacts(database) == held


def test_a_new_contact_of_the_customer_counts_without_them(database: Database, settings: Settings) -> None:
    erase(database, settings)
    assert counts(import_rows(database, settings, [line(9, ADA)], header=HEADER))["new"] == 1
    (row,) = contacts(database)
    assert (row["customer_key"], row["note"], row["attributes"]) == (None, None, None)
    assert row["reason_id"] is not None
    assert counts(import_rows(database, settings, [line(9, ADA)], header=HEADER)) == {"read": 1, "unchanged": 1}


def test_a_correction_by_hand_does_not_name_them_again(database: Database, settings: Settings) -> None:
    import_rows(database, settings, [line(1, BOB)], header=HEADER)
    erase(database, settings)
    with database.reading() as session:
        contact_id = session.scalars(select(Contact.id)).one()
    told = actions.Told(NOW, "phone", customer=ADA, note="it was her")
    database.write(lambda session: actions.correct(session, settings, contact_id, told, seen_number=0, by=LEAD, at=NOW))
    assert contacts(database)[0]["note"] is None


def test_what_a_contact_was_before_is_forgotten_too(database: Database, settings: Settings) -> None:
    import_rows(database, settings, [line(1, ADA, note="of Ada")], header=HEADER)
    import_rows(database, settings, [line(1, BOB, note="of Bob")], header=HEADER)
    erase(database, settings)
    with database.reading() as session:
        (change,) = session.scalars(select(ContactChange))
    assert not {"customer_key", "note", "attributes", "content"} & set(change.before)
    assert contacts(database)[0]["note"] == "of Bob"


def test_nothing_that_is_kept_tells_of_the_customer(database: Database, settings: Settings) -> None:
    taken = import_rows(
        database,
        settings,
        [line(1, ADA), line(2, ADA, occurred_at="soon"), line(3, "", occurred_at="never", note=f"mail {ADA} back")],
        header=HEADER,
    )
    with (settings.instance / "contacts.csv").open("rb") as file:
        waiting = importing.receive(database, settings, file, "again.csv", Choices(SOURCE), by=LEAD, at=NOW)
    found = erase(database, settings)
    assert found == erasing.Extent(contacts=1, rejected_rows=2, waiting=(waiting,))
    assert ADA not in everything_said(database).casefold()
    with database.reading() as session:
        rejected = list(session.scalars(select(ImportReject).where(ImportReject.batch_id == taken.id)))
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.erased"))
        (known,) = queries.erased(session)
        assert list(differences(session, settings)) == []
    assert [one.row for one in rejected] == [[], []]
    assert (entry.subject, entry.after) == (f"customer:{known.id}", {"contacts": 1, "rejected_rows": 2})
    assert known.is_done


def test_asked_twice_it_is_done_once(database: Database, settings: Settings) -> None:
    import_rows(database, settings, rows_of_both(), header=HEADER)
    first, second = erase(database, settings), erase(database, settings)
    assert (first.contacts, second.contacts) == (3, 0)
    with database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.erased"))
        assert len(list(entries)) == 1
        assert [one.contacts for one in queries.erased(session)] == [3]


class Killed(Exception):  # noqa: N818  (a kill is no error)
    pass


@pytest.mark.parametrize("step", ["_erase_some", "_forget_before", "_blank", "_finish"])
@pytest.mark.parametrize("again", ["by hand", "by the worker"])
def test_killed_in_the_middle_it_ends_the_same(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str, again: str
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 1)
    import_rows(database, settings, [*rows_of_both(), line(8, ADA, occurred_at="soon")], header=HEADER)
    calls = iter(range(1))
    work = getattr(erasing, step)

    def dying(*given: Any, **named: Any) -> Any:
        if step != "_erase_some" or next(calls, None) is None:
            raise Killed
        return work(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(erasing, step, dying)
        with pytest.raises(Killed):
            erase(database, settings)
    if again == "by hand":
        erase(database, settings)
    else:
        erasing.go_on(database, settings, at=NOW)
    with database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.erased"))
        (known,) = queries.erased(session)
    assert entry.after == {"contacts": 3, "rejected_rows": 1}
    assert known.is_done
    assert sum(row["note"] is None for row in contacts(database)) == 3
    assert ADA not in everything_said(database).casefold()


@pytest.mark.parametrize("customer", ["", "  ", "unknown", "-"])
def test_who_is_nobody_cannot_be_erased(database: Database, settings: Settings, customer: str) -> None:
    with pytest.raises(Refused, match="names no customer"):
        erase(database, settings, customer)


def test_the_key_is_not_kept(database: Database, settings: Settings) -> None:
    import_rows(database, settings, [line(1, ADA)], header=HEADER)
    key = bytes(contacts(database)[0]["customer_key"])
    erase(database, settings)
    with database.reading() as session:
        row = session.execute(text("select digest, pending from erased_customer")).one()
    assert row.pending is None
    assert key not in bytes(row.digest)


def test_the_export_of_an_erased_contact_comes_back_unchanged(database: Database, settings: Settings) -> None:
    from tests.contacts.test_round_trip import export_to

    import_rows(database, settings, rows_of_both(), header=HEADER)
    erase(database, settings)
    path = export_to(database, settings, settings.instance / "export.csv")
    assert counts(import_path(database, settings, path)) == {"read": 6, "unchanged": 6}


def test_the_command_says_how_many_first(database: Database, settings: Settings) -> None:
    from app import create_app

    import_rows(database, settings, rows_of_both(), header=HEADER)
    app = create_app(settings)
    for options, contacts_left in ((("--dry-run",), 2), ((), 0), ((), 0)):
        result = app.test_cli_runner().invoke(args=["customers", "erase", "416-555-0123", *options, "--json"])
        assert result.exit_code == 0, result.stderr
        told = json.loads(result.stdout)
        assert told["dry_run"] == bool(options)
        with database.reading() as session:
            assert erasing.extent(session, settings, BOB).contacts == contacts_left
    app.extensions["database"].close()

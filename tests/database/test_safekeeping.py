"""A backup holds everything, is made while people work, and comes back whole or not at all."""

import threading
import uuid
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from app import safekeeping, schema
from app.db import Base, Database
from app.ledger import actions as ledger
from app.ledger import attachments, chain, entry_queries
from app.people import trail
from app.people.tables import Department, User
from app.values.errors import Refused
from tests.builders import AT, TESTER, make_department, make_user
from tests.initiative_builders import make_initiative
from tests.ledger_builders import make_booking


def made_installation(database: Database, instance: Path) -> None:
    """An installation with people, a trail, contacts and files."""

    def fill(session: Session) -> None:
        department = make_department(session, "Billing, “Süd”")
        user = make_user(session, roles=("admin", "lead"), department_id=department.id)
        trail.record(session, "person.added", f"person:{user.id}", by=TESTER, at=AT, after={"name": user.name})
        booking = make_booking(make_initiative(session).id)
        ledger.book(session, [booking, replace(booking, kind="projected")], by=TESTER, at=AT)
        ledger.book(session, [replace(booking, contacts=1)], by=TESTER, at=AT)

    database.write(fill)
    contact, source = _table("contact"), _table("source")
    with database.engine.begin() as connection:
        connection.execute(insert(source).values(id=1, name="by hand", timezone="UTC", made_at=AT))
        connection.execute(
            insert(contact).values(
                id=uuid.UUID(int=7),
                source_id=1,
                occurred_at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC),
                day=date(2026, 3, 2),
                channel="phone",
                direction="inbound",
                is_abandoned=False,
                is_duration_odd=False,
                customer_key=b"\x00\xff\x01",
                attributes={"ward": "RIDEAU-VANIER", "floor": 3},
                content=b"12345678",
            )
        )
    (instance / "uploads").mkdir(parents=True, exist_ok=True)
    (instance / "uploads" / "1.csv").write_text("a,b\n", encoding="utf-8")
    attachments.store(instance / "attachments", "act.txt", b"Post 7 is closed.")
    (instance / "customer_key").write_text("secret of the customers", encoding="ascii")


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
        }


def test_a_restored_installation_equals_the_one_that_was_backed_up(database: Database, tmp_path: Path) -> None:
    made_installation(database, tmp_path / "old")
    counts = safekeeping.backup(database, tmp_path / "old", tmp_path / "kept.zip")
    assert counts["contact"] == 1
    assert (counts["audit_entry"], counts["ledger_entry"]) == (3, 4)

    elsewhere = Database(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    (tmp_path / "new").mkdir()
    safekeeping.restore(elsewhere, tmp_path / "new", tmp_path / "kept.zip")

    assert everything(elsewhere) == everything(database)
    assert (tmp_path / "new" / "uploads" / "1.csv").read_text(encoding="utf-8") == "a,b\n"
    assert (tmp_path / "new" / "customer_key").read_text(encoding="ascii") == "secret of the customers"
    with elsewhere.reading() as session:
        assert list(trail.breaks(session)) == []
    elsewhere.close()


def test_documents_and_the_chain_of_the_ledger_come_back_whole(database: Database, tmp_path: Path) -> None:
    made_installation(database, tmp_path / "old")
    safekeeping.backup(database, tmp_path / "old", tmp_path / "kept.zip")
    elsewhere = Database(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    safekeeping.restore(elsewhere, tmp_path / "new", tmp_path / "kept.zip")
    old, new = (sorted((tmp_path / name / "attachments").iterdir()) for name in ("old", "new"))
    assert [(path.name, path.read_bytes()) for path in new] == [(path.name, path.read_bytes()) for path in old]
    assert [path.stat().st_mode & 0o777 for path in new] == [0o600]
    with elsewhere.reading() as session:
        assert list(chain.breaks(session)) == []
        assert len(entry_queries.standing(session)) == 2
    elsewhere.close()


def test_a_backup_of_sqlite_can_be_restored_into_postgresql_and_goes_on_counting_ids(
    postgresql_database: Database, sqlite_database: Database, tmp_path: Path
) -> None:
    made_installation(sqlite_database, tmp_path)
    safekeeping.backup(sqlite_database, tmp_path, tmp_path / "kept.zip")
    safekeeping.restore(postgresql_database, tmp_path / "new", tmp_path / "kept.zip")
    assert everything(postgresql_database) == everything(sqlite_database)
    newcomer = postgresql_database.write(make_user)
    assert newcomer.id == 2


def test_a_backup_made_while_people_write_is_of_one_moment(database: Database, tmp_path: Path) -> None:
    done = threading.Event()

    def keep_writing() -> None:
        number = 0
        while not done.is_set():
            number += 1

            def add_both(session: Session, number: int = number) -> None:
                department = make_department(session, f"Department of pair {number}")
                make_user(session, department_id=department.id)

            database.write(add_both)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for number in range(5):
            counts = safekeeping.backup(database, tmp_path, tmp_path / f"{number}.zip")
            assert counts["department"] == counts["person"]
    finally:
        done.set()
        writer.join()


def test_a_backup_can_be_read_by_its_owner_alone_and_never_overwrites(
    sqlite_database: Database, tmp_path: Path
) -> None:
    target = tmp_path / "kept.zip"
    safekeeping.backup(sqlite_database, tmp_path, target)
    assert target.stat().st_mode & 0o777 == 0o600
    before = target.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        safekeeping.backup(sqlite_database, tmp_path, target)
    assert target.read_bytes() == before


def test_a_backup_that_cannot_be_finished_leaves_no_half_file(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="could not be written"):
        safekeeping.backup(sqlite_database, tmp_path, tmp_path / "no such folder" / "kept.zip")
    assert [path.name for path in tmp_path.iterdir() if "kept" in path.name] == []


def test_a_restore_into_an_installation_in_use_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    safekeeping.backup(sqlite_database, tmp_path, tmp_path / "kept.zip")
    sqlite_database.write(lambda session: make_department(session, "Billing"))
    with pytest.raises(Refused, match="holds data already"):
        safekeeping.restore(sqlite_database, tmp_path, tmp_path / "kept.zip")


@pytest.mark.parametrize("damage", ["text", "cut", "flipped", "foreign"])
def test_a_damaged_archive_restores_nothing(damage: str, sqlite_database: Database, tmp_path: Path) -> None:
    sqlite_database.write(lambda session: make_department(session, "Billing" * 10))
    kept = tmp_path / "kept.zip"
    safekeeping.backup(sqlite_database, tmp_path, kept)
    content = bytearray(kept.read_bytes())
    if damage == "text":
        content = bytearray(b"not an archive")
    elif damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "flipped":
        with zipfile.ZipFile(kept) as archive:
            entry = archive.getinfo("tables/department.jsonl")
        content[entry.header_offset + 30 + len(entry.filename) + 25] ^= 0xFF
    else:
        with zipfile.ZipFile(kept, "w") as archive:
            archive.writestr("hello.txt", "hello")
        content = bytearray(kept.read_bytes())
    kept.write_bytes(content)

    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    with pytest.raises(Refused, match="Nothing was restored"):
        safekeeping.restore(fresh, tmp_path, kept)
    schema.upgrade(fresh)
    with fresh.reading() as session:
        assert session.scalar(select(func.count()).select_from(Department)) == 0
    fresh.close()


def test_an_archive_that_names_files_outside_the_installation_is_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.zip"
    safekeeping.backup(sqlite_database, tmp_path, kept)
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr("files/../../escaped.txt", "out")
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    (tmp_path / "new").mkdir()
    with pytest.raises(Refused, match="outside"):
        safekeeping.restore(fresh, tmp_path / "new", kept)
    assert not (tmp_path.parent / "escaped.txt").exists()
    with fresh.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
    fresh.close()


def test_an_altered_trail_is_still_seen_after_a_restore(sqlite_database: Database, tmp_path: Path) -> None:
    made_installation(sqlite_database, tmp_path)
    with sqlite_database.engine.begin() as connection:
        connection.exec_driver_sql("update audit_entry set by_name = 'somebody else' where number = 1")
    safekeeping.backup(sqlite_database, tmp_path, tmp_path / "kept.zip")
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    safekeeping.restore(fresh, tmp_path / "new", tmp_path / "kept.zip")
    with fresh.reading() as session:
        assert len(list(trail.breaks(session))) == 1
    fresh.close()


def test_an_archive_cannot_bring_files_that_no_backup_holds(sqlite_database: Database, tmp_path: Path) -> None:
    made_installation(sqlite_database, tmp_path / "old")
    safekeeping.backup(sqlite_database, tmp_path / "old", tmp_path / "kept.zip")
    with zipfile.ZipFile(tmp_path / "kept.zip", "a") as archive:
        archive.writestr("files/queue.db", b"tasks that nobody queued")

    elsewhere = Database(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    (tmp_path / "new").mkdir()
    with pytest.raises(Refused, match="no backup holds"):
        safekeeping.restore(elsewhere, tmp_path / "new", tmp_path / "kept.zip")
    assert not (tmp_path / "new" / "queue.db").exists()
    assert not any(everything(elsewhere)[table] for table in ("person", "contact"))


def test_a_file_that_is_taken_in_during_a_backup_does_not_stop_it(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_installation(sqlite_database, tmp_path / "old")
    (tmp_path / "old" / "uploads" / "2.csv").write_text("a,b\n", encoding="utf-8")
    put = zipfile.ZipFile.write

    def put_late(self: zipfile.ZipFile, path: Path, name: str) -> None:
        if path.name == "1.csv":
            path.unlink()
        put(self, path, name)

    monkeypatch.setattr(zipfile.ZipFile, "write", put_late)
    safekeeping.backup(sqlite_database, tmp_path / "old", tmp_path / "kept.zip")
    names = zipfile.ZipFile(tmp_path / "kept.zip").namelist()
    assert "files/uploads/2.csv" in names
    assert "files/uploads/1.csv" not in names

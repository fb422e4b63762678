"""Drop folders and mailboxes: when they run, what is taken, where files go, and who hears of failures."""

import os
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from app import clock
from app.config import SettingRefused, Settings, read_settings
from app.contacts import batches, importing
from app.contacts.scheduled import actions, drop_folders, queries, running
from app.contacts.scheduled.actions import Outcome
from app.contacts.scheduled.queries import Scheduled
from app.contacts.scheduled.rules import Mailbox, Wanted, checked, next_run
from app.contacts.tables import Contact
from app.db import Database
from app.jobs import Jobs
from app.people.tables import AuditEntry
from app.values.errors import Missing, Refused
from tests.builders import make_user
from tests.intake_builders import LEAD, NOW, csv_text, make_line, make_settings
from tests.mail_builders import make_mail

BERLIN = ZoneInfo("Europe/Berlin")
LATER = NOW + timedelta(hours=1)


def add(database: Database, **more: Any) -> int:
    wanted = Wanted(**{"source": "Zendesk", "folder": "zendesk", **more})
    return database.write(lambda session: actions.add(session, wanted, ZoneInfo("UTC"), by=LEAD, at=NOW))


def found(database: Database, scheduled_id: int) -> Scheduled:
    with database.reading() as session:
        return queries.scheduled(session, scheduled_id)


def drop(settings: Settings, name: str, content: bytes, *, seconds_ago: int = 60) -> Path:
    path = drop_folders.folder_of(settings, "zendesk") / name
    path.write_bytes(content)
    at = NOW.timestamp() - seconds_ago
    os.utime(path, (at, at))
    return path


def rows(*numbers: int) -> bytes:
    return csv_text([make_line(number) for number in numbers]).encode()


def run(database: Database, settings: Settings, scheduled_id: int, at: datetime = NOW) -> Outcome:
    return running.run(database, settings, scheduled_id, by=LEAD, now=lambda: at)


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("after", "hour", "expected"),
    [
        (datetime(2026, 9, 14, 9, 30, tzinfo=UTC), None, datetime(2026, 9, 14, 10, 0, tzinfo=UTC)),
        (datetime(2026, 9, 14, 9, 30, tzinfo=UTC), 12, datetime(2026, 9, 14, 10, 0, tzinfo=UTC)),
        (datetime(2026, 9, 14, 10, 0, tzinfo=UTC), 12, datetime(2026, 9, 15, 10, 0, tzinfo=UTC)),
        # Clocks go back on 25 October: noon is an hour later in UTC.
        (datetime(2026, 10, 24, 10, 0, tzinfo=UTC), 12, datetime(2026, 10, 25, 11, 0, tzinfo=UTC)),
        # Two o'clock does not come on 28 March 2027; the run is at what clocks then show as three.
        (datetime(2027, 3, 28, 0, 0, tzinfo=UTC), 2, datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        # Two o'clock comes twice on 25 October; one run is enough.
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), 2, datetime(2026, 10, 26, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_next_run_is_the_next_time_that_clocks_show_the_hour(
    after: datetime, hour: int | None, expected: datetime
) -> None:
    assert next_run(after, hour, BERLIN) == expected


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("", folder="x"),
        Wanted("a:b", folder="x"),
        Wanted("Zendesk", folder="../../etc"),
        Wanted("Zendesk", folder=""),
        Wanted("Zendesk", folder=".hidden"),
        Wanted("Zendesk", 24, folder="x"),
        Wanted("Mail", mailbox=Mailbox("imap.example.com/x", "dana")),
        Wanted("Mail", mailbox=Mailbox("imap.example.com", "")),
        Wanted("Mail", mailbox=Mailbox("imap.example.com", "dana", 0)),
        Wanted("Mail", mailbox=Mailbox("imap.example.com", "dana", security="ssl")),
        Wanted("Mail", mailbox=Mailbox("imap.example.com", "dana", afterwards="move")),
        Wanted("Mail", mailbox=Mailbox("imap.example.com", "dana", afterwards="move", move_to="INBOX")),
        Wanted("Mail", mailbox=Mailbox("imap.example.com", "dana", search="SUBJECT Größe")),
    ],
)
def test_what_cannot_be_is_refused(wanted: Wanted) -> None:
    with pytest.raises(Refused, match=r"\.$"):
        checked(wanted)


def test_a_line_break_cannot_smuggle_a_command_to_the_mail_server() -> None:
    wanted = checked(Wanted("Mail", mailbox=Mailbox("imap.example.com", "dana", search="UNSEEN\r\nA1 DELETE INBOX")))
    assert wanted.mailbox is not None
    assert wanted.mailbox.search == "UNSEEN A1 DELETE INBOX"


def test_whole_files_are_taken_in_and_moved_and_the_run_is_kept(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    scheduled_id = add(database)
    folder = drop_folders.folder_of(settings, "zendesk")
    drop(settings, "a.csv", rows(1, 2))
    drop(settings, "b.csv", rows(2, 3))
    drop(settings, "mail.eml", make_mail())
    drop(settings, ".hidden.csv", rows(9))
    outcome = run(database, settings, scheduled_id)
    assert outcome.troubles == []
    assert below(folder) == [".hidden.csv", "done/a.csv", "done/b.csv", "done/mail.eml"]
    one = found(database, scheduled_id)
    assert one.counts is not None
    assert (one.counts.read, one.counts.new, one.counts.unchanged, len(one.batches)) == (5, 4, 1, 3)
    assert (one.last_run_at, one.next_run_at, one.failures) == (NOW, NOW.replace(hour=10, minute=0), 0)
    drop(settings, "a.csv", rows(1))
    run(database, settings, scheduled_id)
    assert below(folder / "done") == ["a-20260914-093000.csv", "a.csv", "b.csv", "mail.eml"]


def test_a_file_that_is_being_written_waits(sqlite_database: Database, tmp_path: Path) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    scheduled_id = add(sqlite_database)
    young = drop(settings, "young.csv", rows(1), seconds_ago=5)
    half = drop(settings, "half.csv.part", rows(2))
    outcome = run(sqlite_database, settings, scheduled_id)
    assert (outcome.waiting, outcome.batches, young.exists(), half.exists()) == (2, [], True, True)
    half.rename(half.with_suffix(""))
    assert run(sqlite_database, settings, scheduled_id, LATER).counts.new == 2


def test_a_file_that_grows_while_it_is_read_stays_and_comes_again(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    scheduled_id = add(sqlite_database)
    path = drop(settings, "a.csv", rows(1))
    real = importing.import_file

    def grows(*args: Any, **more: Any) -> int:
        batch_id = real(*args, **more)
        path.write_bytes(rows(1, 2))
        return batch_id

    monkeypatch.setattr(importing, "import_file", grows)
    assert run(sqlite_database, settings, scheduled_id).waiting == 1
    monkeypatch.undo()
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    outcome = run(sqlite_database, settings, scheduled_id, LATER)
    assert (outcome.counts.new, outcome.counts.unchanged, path.exists()) == (1, 1, False)


def test_killed_between_taking_in_and_moving_nothing_is_doubled(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(database, tmp_path)
    scheduled_id = add(database)
    drop(settings, "a.csv", rows(1, 2))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(drop_folders, "put_away", killed)
    with pytest.raises(KeyboardInterrupt):
        run(database, settings, scheduled_id)
    monkeypatch.undo()
    with database.reading() as session:
        assert queries.due(session, LATER) == [scheduled_id]
    outcome = run(database, settings, scheduled_id)
    assert (outcome.counts.new, outcome.counts.unchanged) == (0, 2)
    assert below(drop_folders.folder_of(settings, "zendesk")) == ["done/a.csv"]


def test_a_file_that_cannot_be_read_is_put_aside_and_does_not_stop_the_others(
    sqlite_database: Database, tmp_path: Path
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    scheduled_id = add(sqlite_database)
    drop(settings, "a.csv", b"%PDF-1.4 not a table")
    drop(settings, "b.csv", rows(1))
    outcome = run(sqlite_database, settings, scheduled_id)
    assert outcome.counts.new == 1
    assert "is a PDF" in outcome.troubles[0]
    assert below(drop_folders.folder_of(settings, "zendesk")) == ["done/b.csv", "failed/a.csv"]
    assert found(sqlite_database, scheduled_id).failures == 1


def test_a_file_whose_import_may_go_on_stays_where_it_is(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    scheduled_id = add(sqlite_database)
    path = drop(settings, "a.csv", rows(1))

    def full(*_: object, **__: object) -> int:
        raise Refused("The import stopped after 0 rows: the disk is full.") from OSError("no space")

    monkeypatch.setattr(importing, "import_file", full)
    assert "disk is full" in run(sqlite_database, settings, scheduled_id).troubles[0]
    assert path.exists()
    monkeypatch.undo()
    assert run(sqlite_database, settings, scheduled_id).counts.new == 1


def test_a_kept_mapping_reads_the_columns(sqlite_database: Database, tmp_path: Path) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    mapping = {"columns": {"occurred_at": "Wann", "reason": "Worum", "external_id": "Nr"}}
    sqlite_database.write(lambda session: batches.save_mapping(session, "Anlage", mapping, by=LEAD, at=NOW))
    scheduled_id = add(sqlite_database, mapping="Anlage")
    drop(settings, "a.csv", b"Nr;Wann;Worum\n1;2026-09-01T10:00:00Z;Rechnung\n")
    assert run(sqlite_database, settings, scheduled_id).counts.new == 1
    with pytest.raises(Missing, match="no mapping"):
        add(sqlite_database, source="Other", folder="other", mapping="Nowhere")


def test_pausing_changing_and_removing_are_on_the_trail(database: Database) -> None:
    scheduled_id = add(database)
    zone = ZoneInfo("UTC")
    with pytest.raises(Refused, match="looked into already"):
        add(database, folder="another")
    with pytest.raises(Refused, match="that of “Zendesk” already"):
        add(database, source="Freshdesk")
    for _ in range(2):
        database.write(lambda session: actions.pause(session, scheduled_id, by=LEAD, at=NOW))
    with database.reading() as session:
        assert queries.due(session, LATER) == []
    for _ in range(2):
        database.write(lambda session: actions.go_on(session, scheduled_id, zone, by=LEAD, at=LATER))
    assert found(database, scheduled_id).next_run_at == datetime(2026, 9, 14, 11, 0, tzinfo=UTC)
    wanted = Wanted("Zendesk", 6, folder="zendesk")
    for _ in range(2):
        database.write(lambda session: actions.change(session, scheduled_id, wanted, zone, by=LEAD, at=LATER))
    mailbox = Wanted("Zendesk", mailbox=Mailbox("imap.example.com", "dana"))
    with pytest.raises(Refused, match="cannot become a mailbox"):
        database.write(lambda session: actions.change(session, scheduled_id, mailbox, zone, by=LEAD, at=LATER))
    for _ in range(2):
        database.write(lambda session: actions.remove(session, scheduled_id, by=LEAD, at=LATER))
    with database.reading() as session:
        told = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
        with pytest.raises(Missing):
            queries.scheduled(session, scheduled_id)
    assert told == [f"scheduled_source.{what}" for what in ("added", "paused", "continued", "changed", "removed")]


def test_the_worker_runs_what_is_due_and_counts_the_days(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    scheduled_id = add(database)
    drop(settings, "a.csv", rows(1))
    jobs = Jobs(settings, database)
    jobs.pick_up()
    jobs.pick_up()
    with database.reading() as session:
        assert len(session.scalars(select(Contact.id)).all()) == 1
        assert session.scalar(text("select count(*) from touched_day")) == 0
        assert session.scalar(text("select count(*) from daily_total")) == 1
        assert session.scalar(text("select made_by from import_batch")) == "schedule"
    assert found(database, scheduled_id).failures == 0
    jobs.close()


def test_a_fault_of_ours_is_tried_again_at_the_next_hour_and_not_every_minute(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    scheduled_id = add(sqlite_database)
    drop(settings, "a.csv", rows(1))

    def stumbles(*_: object, **__: object) -> int:
        raise LookupError

    monkeypatch.setattr(importing, "import_file", stumbles)
    jobs = Jobs(settings, sqlite_database)
    jobs.pick_up()
    one = found(sqlite_database, scheduled_id)
    assert (one.failures, one.trouble) == (1, running.UNEXPECTED)
    with sqlite_database.reading() as session:
        assert queries.due(session, clock.now()) == []
    jobs.close()


class _Letterbox(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to be handed a mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                told = b""
                while not told.endswith(b"\r\n.\r\n"):
                    told += self.rfile.readline()
                self.server.mails.append(told.decode())  # type: ignore[attr-defined]
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 goodbye\r\n")
                return
            self.wfile.write(b"250 done\r\n")


@contextmanager
def letterbox() -> Iterator[tuple[int, list[str]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Letterbox) as server:
        server.mails = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], server.mails  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_the_leads_are_mailed_when_it_failed_three_times_in_a_row(sqlite_database: Database, tmp_path: Path) -> None:
    database = sqlite_database
    database.write(lambda session: make_user(session, roles=["lead"], email="lead@centre.example"))
    database.write(lambda session: make_user(session, roles=["finance"], email="finance@centre.example"))
    with letterbox() as (port, mails):
        settings = make_settings(
            database, tmp_path, TRACKER_SMTP=f"smtp://127.0.0.1:{port}", TRACKER_MAIL_FROM="tracker@centre.example"
        )
        scheduled_id = add(database)
        for number in range(4):
            drop(settings, f"{number}.csv", b"%PDF-1.4")
            run(database, settings, scheduled_id)
            run(database, settings, scheduled_id)  # finds nothing, and so neither fails nor succeeds
            assert len(mails) == (1 if number >= 2 else 0)
        drop(settings, "good.csv", rows(1))
        run(database, settings, scheduled_id)
    assert found(database, scheduled_id).failures == 0
    assert "To: lead@centre.example\r\n" in mails[0]
    assert "finance@" not in mails[0]
    assert "Subject: Zendesk: nothing came in, 3 times in a row" in mails[0]
    assert "/imports/sources" in mails[0]


def test_without_a_mail_server_or_with_a_dead_one_the_failure_is_only_shown(
    sqlite_database: Database, tmp_path: Path
) -> None:
    sqlite_database.write(lambda session: make_user(session, roles=["lead"], email="lead@centre.example"))
    scheduled_id = add(sqlite_database)
    for more in ({}, {"TRACKER_SMTP": "smtp://127.0.0.1:9"}):
        settings = make_settings(sqlite_database, tmp_path, **more)
        for number in range(3):
            drop(settings, f"{number}.csv", b"%PDF-1.4")
            run(sqlite_database, settings, scheduled_id)
        assert found(sqlite_database, scheduled_id).failures == 3
        drop(settings, "good.csv", rows(1))
        run(sqlite_database, settings, scheduled_id)


@pytest.mark.parametrize("server", ["mail.example.com", "http://mail.example.com", "smtp://:secret@", "smtp://h:x"])
def test_a_mail_server_that_is_none_stops_the_start_without_telling_its_password(server: str, tmp_path: Path) -> None:
    with pytest.raises(SettingRefused, match="TRACKER_SMTP") as refused:
        read_settings({"TRACKER_INSTANCE": str(tmp_path), "TRACKER_SMTP": server})
    assert "secret" not in str(refused.value)

"""Mailboxes on a real server: none lost, none doubled, whatever is killed, and the server's mails stay as they were."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Settings
from app.contacts import queries
from app.contacts.mail import passwords, polling
from app.contacts.queries import Batch
from app.contacts.scheduled import actions, running
from app.contacts.scheduled import queries as scheduled
from app.contacts.scheduled.actions import Outcome
from app.contacts.scheduled.rules import MOVE, PLAIN, STARTTLS, TLS, Mailbox, Wanted
from app.db import Database
from app.values.errors import Refused
from tests import mail_server
from tests.conftest import skip_or_fail
from tests.intake_builders import LEAD, NOW, make_settings
from tests.mail_builders import MAILBOX, contacts, counted, make_mail
from tests.mail_server import PASSWORD, MailServer

KILLED_BEFORE_MARKING = """
import os, signal, sys
from app import create_app
from app.contacts.mail import polling
from app.contacts.scheduled import running
from app import clock
from app.people.rules import Actor
polling.put_aside = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
app = create_app()
running.run(
    app.extensions["database"], app.extensions["settings"], int(sys.argv[1]), by=Actor(None, "test"), now=clock.now
)
"""
capabilities = polling._capabilities


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    """A mail server, where Dovecot is installed."""
    if mail_server.PROGRAM is None:
        skip_or_fail("TRACKER_REQUIRE_DOVECOT", "dovecot is not installed: tests of mailboxes are left out.")
    folder = Path(tempfile.mkdtemp(prefix="tracker-dovecot-"))
    try:
        with mail_server.running(folder) as found:
            yield found
    except OSError as error:
        skip_or_fail("TRACKER_REQUIRE_DOVECOT", f"No mail server could be started: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _trusted(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of the test's own."""
    return f"u{abs(hash(request.node.nodeid))}"


def box_of(server: MailServer, user: str, **more: str) -> Mailbox:
    return Mailbox("localhost", user, server.tls_port, **more)


def set_up(database: Database, settings: Settings, mailbox: Mailbox, password: str = PASSWORD) -> int:
    wanted = Wanted(MAILBOX, mailbox=mailbox)
    scheduled_id = database.write(lambda session: actions.add(session, wanted, settings.timezone, by=LEAD, at=NOW))
    passwords.keep(settings, scheduled_id, password)
    return scheduled_id


def poll(database: Database, settings: Settings, scheduled_id: int) -> Outcome:
    return running.run(database, settings, scheduled_id, by=LEAD, now=lambda: NOW)


def last_batch(database: Database) -> Batch:
    with database.reading() as session:
        return queries.batches(session)[0]


def test_unread_mails_are_taken_in_once_and_marked_as_read(
    database: Database, tmp_path: Path, server: MailServer, user: str
) -> None:
    settings = make_settings(database, tmp_path)
    reply = make_mail("Hello?", message_id="<two@x>", in_reply_to="<one@customer.example>")
    robot = make_mail(message_id="<three@x>", auto_submitted="auto-replied")
    server.put([make_mail(), reply, robot, b"no header at all\r\n"], user)
    scheduled_id = set_up(database, settings, box_of(server, user))
    assert poll(database, settings, scheduled_id).troubles == []
    batch = last_batch(database)
    assert counted(batch) == (4, 1, 1, 0, 1, 1)
    assert batch.file_name == f"INBOX of {user}"
    with database.reading() as session:
        (kept_aside,) = queries.rejections(session, batch.id)
        assert kept_aside.row[0] == "INBOX, UID 4"
        assert session.scalar(text("select count(*) from audit_entry where action = 'import.done'")) == 1
    assert server.uids("UNSEEN", user) == []
    assert len(server.uids("ALL", user)) == 4
    again = poll(database, settings, scheduled_id)
    assert (again.troubles, again.batches) == ([], [])
    assert len(contacts(database)) == 1


@pytest.mark.parametrize("can", ["MOVE", "UIDPLUS", ""], ids=["moves", "copies and removes", "copies"])
def test_mails_are_moved_where_the_source_has_it_so(
    sqlite_database: Database, tmp_path: Path, server: MailServer, user: str, can: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "_capabilities", lambda box: {can} & capabilities(box))
    database, settings = sqlite_database, make_settings(sqlite_database, tmp_path)
    server.put([make_mail(message_id=f"<{number}@x>") for number in range(45)], user)
    scheduled_id = set_up(database, settings, box_of(server, user, afterwards=MOVE, move_to="Taken in"))
    assert poll(database, settings, scheduled_id).counts.new == 45
    assert len(server.uids("ALL", user)) == (0 if can else 45)
    assert server.uids("UNDELETED", user) == []
    assert len(server.uids("UNSEEN", user, '"Taken in"')) == 45
    assert poll(database, settings, scheduled_id).batches == []


def test_a_mail_that_somebody_deletes_by_hand_is_left_to_them(
    sqlite_database: Database, tmp_path: Path, server: MailServer, user: str
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    server.put([make_mail(), make_mail(message_id="<deleted@x>")], user)
    with server.box(user) as box:
        box.uid("STORE", "2", "+FLAGS", r"(\Deleted)")
    scheduled_id = set_up(sqlite_database, settings, box_of(server, user))
    assert poll(sqlite_database, settings, scheduled_id).counts.new == 2
    assert len(server.uids("DELETED", user)) == 1


def test_a_search_chooses_the_mails(sqlite_database: Database, tmp_path: Path, server: MailServer, user: str) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    server.put([make_mail(), make_mail(message_id="<other@x>", subject="Invoice")], user)
    scheduled_id = set_up(sqlite_database, settings, box_of(server, user, search="UNSEEN SUBJECT Invoice"))
    assert poll(sqlite_database, settings, scheduled_id).counts.new == 1
    assert contacts(sqlite_database)[0].external_id == "other@x"


def test_killed_between_taking_in_and_marking_nothing_is_lost_or_doubled(
    database: Database, tmp_path: Path, server: MailServer, user: str
) -> None:
    settings = make_settings(database, tmp_path)
    server.put([make_mail(message_id=f"<{number}@x>") for number in range(30)], user)
    scheduled_id = set_up(database, settings, box_of(server, user))
    environment = {
        **os.environ,
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "TRACKER_INSTANCE": str(settings.instance),
    }
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_MARKING, str(scheduled_id)], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert (len(contacts(database)), len(server.uids("UNSEEN", user))) == (polling.MAILS_AT_ONCE, 30)
    outcome = poll(database, settings, scheduled_id)
    assert (outcome.counts.read, outcome.counts.new, outcome.counts.unchanged) == (30, 10, 20)
    assert (len(contacts(database)), server.uids("UNSEEN", user)) == (30, [])
    with database.reading() as session:
        left = [(one.state, *counted(one)[:2]) for one in queries.batches(session)]
    assert left == [("done", 30, 10), ("done", 20, 20)]


def test_whoever_stops_before_a_commit_has_marked_nothing(
    sqlite_database: Database, tmp_path: Path, server: MailServer, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    server.put([make_mail()], user)
    scheduled_id = set_up(sqlite_database, settings, box_of(server, user))

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("app.contacts.mail.threads.take_in_mails", stop)
        with pytest.raises(KeyboardInterrupt):
            poll(sqlite_database, settings, scheduled_id)
    assert len(server.uids("UNSEEN", user)) == 1
    assert poll(sqlite_database, settings, scheduled_id).counts.new == 1


@pytest.mark.parametrize("security", [TLS, STARTTLS, PLAIN])
def test_connections_are_secured_as_the_source_says(
    sqlite_database: Database, tmp_path: Path, server: MailServer, user: str, security: str
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    server.put([make_mail()], user)
    port = server.tls_port if security == TLS else server.port
    scheduled_id = set_up(sqlite_database, settings, Mailbox("localhost", user, port, security))
    outcome = poll(sqlite_database, settings, scheduled_id)
    assert (outcome.troubles, outcome.counts.new) == ([], 1)


def test_a_server_that_nobody_vouches_for_gets_no_password(
    sqlite_database: Database, tmp_path: Path, server: MailServer, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    settings = make_settings(sqlite_database, tmp_path)
    scheduled_id = set_up(sqlite_database, settings, box_of(server, user))
    assert "cannot be trusted" in poll(sqlite_database, settings, scheduled_id).troubles[0]


def test_what_the_server_refuses_is_a_sentence(
    sqlite_database: Database, tmp_path: Path, server: MailServer, user: str
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    scheduled_id = set_up(sqlite_database, settings, box_of(server, user, folder="Nowhere"), "wrong")
    (trouble,) = poll(sqlite_database, settings, scheduled_id).troubles
    assert trouble == f"The mail server does not let {user} at localhost in. Check user and password."
    passwords.keep(settings, scheduled_id, PASSWORD)
    assert "has no folder “Nowhere”" in poll(sqlite_database, settings, scheduled_id).troubles[0]
    (settings.instance / passwords.FOLDER / str(scheduled_id)).chmod(0o644)
    assert "chmod 600" in poll(sqlite_database, settings, scheduled_id).troubles[0]
    passwords.forget(settings, scheduled_id)
    assert "No password" in poll(sqlite_database, settings, scheduled_id).troubles[0]
    with sqlite_database.reading() as session:
        found = scheduled.scheduled(session, scheduled_id)
    assert (found.failures, found.trouble) == (
        4,
        "No password of this mailbox is kept here. Enter it again on the page of the source.",
    )
    nowhere = Mailbox("localhost", user, 1)
    with pytest.raises(Refused, match="does not answer"):
        polling.poll(sqlite_database, settings, MAILBOX, nowhere, PASSWORD, by=LEAD, now=lambda: NOW)


def test_a_mail_with_fifty_megabytes_behind_it_is_read_by_its_head(
    sqlite_database: Database, tmp_path: Path, server: MailServer, user: str
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    head = make_mail("--x\nContent-Type: text/plain\n\nSee below", content_type='multipart/mixed; boundary="x"')
    attached = b"--x\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 17 + b"\n"
    server.put([head + attached + (b"QUJD" * 18 + b"\n") * 700_000 + b"--x--\n", make_mail(message_id="<b@x>")], user)
    scheduled_id = set_up(sqlite_database, settings, box_of(server, user))
    assert poll(sqlite_database, settings, scheduled_id).counts.new == 2
    assert contacts(sqlite_database)[1].note == "Parcel\nSee below"


@pytest.mark.slow
def test_every_mail_of_a_hard_collection_comes_through_a_server_once(
    database: Database, tmp_path: Path, data_sets: Path, server: MailServer, user: str
) -> None:
    settings = make_settings(database, tmp_path)
    files = sorted((data_sets / "mail-spamassassin").rglob("*.eml"))
    server.put([path.read_bytes() for path in files], user)
    scheduled_id = set_up(database, settings, box_of(server, user))
    assert poll(database, settings, scheduled_id).troubles == []
    assert counted(last_batch(database)) == (364, 361, 3, 0, 0, 0)
    assert server.uids("UNSEEN", user) == []
    with server.box(user) as box:
        box.uid("STORE", "1:*", "-FLAGS", r"(\Seen)")
    assert poll(database, settings, scheduled_id).counts.unchanged == 364
    assert len(contacts(database)) == 361

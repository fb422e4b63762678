"""Mails in files become contacts: each once, a thread once, and none stops the others."""

import mailbox
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.contacts import queries, undoing
from app.contacts.mail import delivering
from app.contacts.privacy import erasing
from app.contacts.rejects import rejects_csv
from app.db import Database
from app.jobs import Jobs
from app.values.errors import Refused
from tests.intake_builders import LEAD, NOW, make_settings
from tests.mail_builders import contacts, counted, import_mail, make_folder, make_mail

SECOND = {"message_id": "<two@customer.example>", "date": "Tue, 15 Sep 2026 08:30:00 +0200"}


def test_a_folder_of_mails_becomes_contacts_and_brings_nothing_new_again(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    folder = make_folder(
        tmp_path / "mails",
        {
            "a.eml": make_mail("My card 4111 1111 1111 1111 was charged twice"),
            "b.eml": make_mail("No reply", message_id="<b@x>", auto_submitted="auto-replied"),
            "c.eml": b"Not a mail at all",
            "notes.txt": b"passed over",
        },
    )
    batch = import_mail(database, settings, folder)
    assert counted(batch) == (3, 1, 0, 0, 1, 1)
    assert counted(import_mail(database, settings, folder)) == (3, 0, 0, 1, 1, 1)
    (contact,) = contacts(database)
    assert (contact.external_id, contact.channel, contact.direction) == ("one@customer.example", "email", "inbound")
    assert contact.note == "Parcel\nMy card [card ending 1111] was charged twice"
    assert contact.occurred_at == datetime(2026, 9, 14, 6, 30, tzinfo=UTC)
    assert contact.customer_key is not None
    with database.reading() as session:
        lines = list(rejects_csv(session, batch.id))
        entries = session.execute(text("select action from audit_entry order by number")).scalars().all()
    assert lines[0].startswith("message,message_id,date,subject,")
    assert lines[1].startswith("c.eml,")
    assert "This is no mail" in lines[1]
    assert entries == ["import.done", "import.done"]


def test_later_mails_of_a_thread_are_known_with_its_contact(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    again = make_mail("Still not here!", subject="Re: Parcel", references="<one@customer.example> <agent@c>", **SECOND)
    first = make_folder(tmp_path / "first", {"1.eml": make_mail()})
    both = make_folder(tmp_path / "both", {"1.eml": make_mail(), "2.eml": again})
    assert counted(import_mail(database, settings, first)) == (1, 1, 0, 0, 0, 0)
    batch = import_mail(database, settings, both)
    assert counted(batch) == (2, 0, 1, 1, 0, 0)
    (contact,) = contacts(database)
    assert contact.attributes == {"mails": "2", "last mail": "2026-09-15 06:30:00"}
    assert contact.note == "Parcel\nWhere is my parcel?"
    assert counted(import_mail(database, settings, both)) == (2, 0, 0, 2, 0, 0)
    undoing.undo(database, batch.id, by=LEAD, at=NOW)
    (contact,) = contacts(database)
    assert contact.attributes is None
    assert counted(import_mail(database, settings, both)) == (2, 0, 1, 1, 0, 0)


@pytest.mark.parametrize("names", [("1.eml", "2.eml"), ("2.eml", "1.eml")], ids=["in order", "the reply first"])
def test_a_thread_in_one_folder_is_one_contact_in_any_order(
    database: Database, tmp_path: Path, names: tuple[str, str]
) -> None:
    settings = make_settings(database, tmp_path)
    reply = make_mail("Still not here!", in_reply_to="<one@customer.example>", **SECOND)
    folder = make_folder(tmp_path / "mails", {names[0]: make_mail(), names[1]: reply})
    assert counted(import_mail(database, settings, folder)) == (2, 1, 1, 0, 0, 0)
    (contact,) = contacts(database)
    assert contact.occurred_at == datetime(2026, 9, 14, 6, 30, tzinfo=UTC)
    assert contact.note == "Parcel\nWhere is my parcel?"
    assert contact.attributes == {"mails": "2", "last mail": "2026-09-15 06:30:00"}


def test_many_who_answer_one_newsletter_are_as_many_contacts(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    mails = {
        f"{number}.eml": make_mail(
            f"Question {number}",
            **{"from": f"c{number}@x.example"},
            message_id=f"<{number}@x.example>",
            in_reply_to="<newsletter@centre.example>",
        )
        for number in range(5)
    }
    assert counted(import_mail(database, settings, make_folder(tmp_path / "mails", mails))) == (5, 5, 0, 0, 0, 0)


def test_a_mail_without_a_message_id_is_known_by_its_content(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    bare = make_mail(message_id="")
    folder = make_folder(tmp_path / "mails", {"a.eml": bare, "b.eml": bare.replace(b"\n", b"\r\n")})
    assert counted(import_mail(database, settings, folder)) == (2, 1, 0, 1, 0, 0)
    assert contacts(database)[0].external_id is None


def test_without_a_date_the_first_received_counts_then_the_files_time(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    received = "from a by b; Sun, 13 Sep 2026 10:00:00 +0000\nReceived: from x by a; Sat, 12 Sep 2026 10:00:00 +0000"
    folder = make_folder(
        tmp_path / "mails",
        {
            "a.eml": make_mail(date="", received=received),
            "b.eml": make_mail(date="", message_id="<b@x>"),
            "c.eml": make_mail(date="Mon, 14 Sep 2099 08:30:00 +0200", message_id="<c@x>", received=received),
        },
    )
    os.utime(folder / "b.eml", (1_788_000_000, 1_788_000_000))
    batch = import_mail(database, settings, folder)
    assert counted(batch) == (3, 3, 0, 0, 0, 0)
    found = {one.external_id: one for one in contacts(database)}
    told = found["one@customer.example"]
    assert told.occurred_at == datetime(2026, 9, 13, 10, 0, tzinfo=UTC)
    assert told.attributes == {"time": "from Received: the Date is missing"}
    assert found["b@x"].occurred_at == datetime.fromtimestamp(1_788_000_000, UTC)
    assert found["b@x"].attributes == {"time": "from where it was kept: the Date is missing"}
    assert found["c@x"].attributes == {"time": "from Received: the Date is no time of a mail"}
    assert "3\u00a0mails without a Date" in batch.remarks[0]


def test_an_mbox_is_split_where_mails_begin(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    path = tmp_path / "box.mbox"
    box = mailbox.mbox(str(path))
    for number in range(250):
        box.add(make_mail(f"From here on, question {number}\n\nFrom me\nto you", message_id=f"<{number}@x>"))
    box.close()
    assert counted(import_mail(database, settings, path)) == (250, 250, 0, 0, 0, 0)
    assert "From here on, question 0\n\nFrom me\nto you" in (contacts(database)[0].note or "")
    assert counted(import_mail(database, settings, path)) == (250, 0, 0, 250, 0, 0)


def test_mails_joined_by_hand_with_their_own_envelopes_are_split_too(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    path = tmp_path / "joined"
    envelope = b"From dana@x Mon Sep 14 08:30:00 2026\n"
    path.write_bytes(b"From joined\n" + envelope + make_mail() + b"\nFrom joined\n" + make_mail(message_id="<b@x>"))
    assert counted(import_mail(database, settings, path)) == (2, 2, 0, 0, 0, 0)


def test_a_killed_import_goes_on_and_leaves_what_an_unkilled_one_does(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(database, tmp_path)
    mails = {f"{number:03d}.eml": make_mail(message_id=f"<{number}@x>", date="") for number in range(40)}
    folder = make_folder(tmp_path / "mails", {**mails, "020.eml": b"nothing"})
    monkeypatch.setattr(delivering, "MAILS_AT_ONCE", 7)

    def stop(position: int, _of: int, done: int) -> None:
        if done >= 21:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_mail(database, settings, folder, progress=stop)
    assert len(contacts(database)) == 20
    monkeypatch.setattr(delivering, "MAILS_AT_ONCE", 9)
    batch = import_mail(database, settings, folder)
    assert counted(batch) == (40, 39, 0, 0, 1, 0)
    assert "39\u00a0mails without a Date" in batch.remarks[0]
    with database.reading() as session:
        assert len(queries.batches(session)) == 1
        assert [one.line for one in queries.rejections(session, batch.id)] == [21]


def test_what_was_left_of_other_files_is_closed_with_what_it_brought(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(database, tmp_path)
    folder = make_folder(tmp_path / "mails", {f"{n}.eml": make_mail(message_id=f"<{n}@x>") for n in range(4)})
    monkeypatch.setattr(delivering, "MAILS_AT_ONCE", 2)

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_mail(database, settings, folder, progress=stop)
    (folder / "5.eml").write_bytes(make_mail(message_id="<5@x>"))
    assert counted(import_mail(database, settings, folder)) == (5, 3, 0, 2, 0, 0)
    with database.reading() as session:
        assert [(one.state, counted(one)[:2]) for one in queries.batches(session)] == [
            ("done", (5, 3)),
            ("done", (2, 2)),
        ]


def test_the_worker_goes_on_with_a_killed_import(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    folder = make_folder(tmp_path / "mails", {f"{n}.eml": make_mail(message_id=f"<{n}@x>") for n in range(4)})
    monkeypatch.setattr(delivering, "MAILS_AT_ONCE", 2)

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_mail(sqlite_database, settings, folder, progress=stop)
    monkeypatch.setattr("app.jobs.LEFT_BEHIND", timedelta(0))
    jobs = Jobs(settings, sqlite_database)
    jobs.pick_up()
    jobs.close()
    with sqlite_database.reading() as session:
        (batch,) = queries.batches(session)
    assert (batch.state, counted(batch)) == ("done", (4, 4, 0, 0, 0, 0))


def test_undo_leaves_nothing_of_the_mails(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    reply = make_mail("Still not here!", in_reply_to="<one@customer.example>", **SECOND)
    folder = make_folder(tmp_path / "mails", {"1.eml": make_mail(), "2.eml": reply})
    batch = import_mail(database, settings, folder)
    undoing.undo(database, batch.id, by=LEAD, at=NOW)
    with database.reading() as session:
        for table in ("contact", "contact_change", "mail_trace"):
            assert session.scalar(text(f"select count(*) from {table}")) == 0, table
    assert counted(import_mail(database, settings, folder)) == (2, 1, 1, 0, 0, 0)


def test_a_mail_whose_contact_is_gone_does_not_come_in_again(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    folder = make_folder(tmp_path / "mails", {"1.eml": make_mail()})
    import_mail(database, settings, folder)
    database.write(lambda session: session.execute(text("delete from contact")))
    assert counted(import_mail(database, settings, folder)) == (1, 0, 0, 1, 0, 0)
    (folder / "2.eml").write_bytes(make_mail(in_reply_to="<one@customer.example>", **SECOND))
    assert counted(import_mail(database, settings, folder)) == (2, 1, 0, 1, 0, 0)


def test_of_an_erased_customer_no_later_mail_is_kept(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    folder = make_folder(tmp_path / "mails", {"1.eml": make_mail()})
    import_mail(database, settings, folder)
    erasing.erase(database, settings, "Dana@Customer.example", by=LEAD, at=NOW)
    earlier = {"message_id": "<two@x>", "date": "Sun, 13 Sep 2026 08:30:00 +0200"}
    (folder / "2.eml").write_bytes(make_mail("My name is Dana", in_reply_to="<one@customer.example>", **earlier))
    (folder / "3.eml").write_bytes(make_mail("Dana again", message_id="<three@x>", date=SECOND["date"]))
    assert counted(import_mail(database, settings, folder)) == (3, 1, 0, 2, 0, 0)
    for contact in contacts(database):
        assert (contact.note, contact.customer_key, contact.attributes) == (None, None, None)


def test_where_no_mail_is_a_sentence_says_so(sqlite_database: Database, tmp_path: Path) -> None:
    settings = make_settings(sqlite_database, tmp_path)
    with pytest.raises(Refused, match="no file or folder"):
        import_mail(sqlite_database, settings, tmp_path / "nowhere")
    with pytest.raises(Refused, match=r"holds no \.eml file"):
        import_mail(sqlite_database, settings, make_folder(tmp_path / "empty", {}))
    (tmp_path / "empty.mbox").touch()
    with pytest.raises(Refused, match="is empty"):
        import_mail(sqlite_database, settings, tmp_path / "empty.mbox")


@pytest.mark.slow
def test_every_mail_of_a_hard_collection_is_taken_in_once(database: Database, tmp_path: Path, data_sets: Path) -> None:
    settings = make_settings(database, tmp_path)
    folder = data_sets / "mail-spamassassin"
    batch = import_mail(database, settings, folder)
    # Three customers wrote twice in a thread; nobody's mail was kept aside.
    assert counted(batch) == (364, 361, 3, 0, 0, 0)
    assert counted(import_mail(database, settings, folder)) == (364, 0, 0, 364, 0, 0)
    found = contacts(database)
    assert len({one.external_id for one in found}) == len(found) == 361
    assert sum("not read" in (one.attributes or {}) for one in found) == 13
    assert sum("time" in (one.attributes or {}) for one in found) == 6
    assert all(one.note and one.customer_key for one in found)

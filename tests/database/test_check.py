"""flask check finds planted damage and names it."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.counting.everything import count_everything
from app.db import Database
from app.ledger import actions as ledger
from app.ledger import attachments
from app.people import trail
from tests.builders import AT, TESTER, make_contact, make_reason
from tests.initiative_builders import make_initiative
from tests.ledger_builders import make_booking


def checked(app: Flask, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the answer of the command."""
    result = app.test_cli_runner().invoke(args=["check", "--json", *options])
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def busy(app: Flask, database_of_app: Database) -> Flask:
    """An installation with a reason, three counted contacts and a trail."""

    def fill(session: Session) -> None:
        reason = make_reason(session, "Refund not received")
        contacts = [make_contact(session, reason=reason) for _ in range(3)]
        touch(session, {contact.day for contact in contacts})
        trail.record(session, "test.made", "test:1", by=TESTER, at=AT)
        trail.record(session, "test.made", "test:2", by=TESTER, at=AT)
        ledger.book(session, [make_booking(make_initiative(session).id)], by=TESTER, at=AT)
        document = attachments.store(app.extensions["settings"].attachments, "act.txt", b"Post 7 is closed.")
        attachments.add(session, document, by=TESTER, at=AT)

    database_of_app.write(fill)
    count_everything(database_of_app)
    return app


def damage(database: Database, statement: str) -> None:
    """Change the database behind the application's back."""
    with database.engine.connect() as connection:
        raw = connection.connection
        raw.execute("pragma foreign_keys=off")
        raw.execute("pragma query_only=off")
        raw.execute(statement)


def test_a_sound_installation_has_no_differences(busy: Flask) -> None:
    status, answer = checked(busy)
    assert (status, answer["differences"]) == (0, [])


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update daily_total set handled = handled + 1", "hold 4 contacts, but 3 are there"),
        ("delete from daily_total", "hold 0 contacts, but 3 are there"),
        ("update audit_entry set by_name = 'somebody else' where number = 1", "Entry 1 of the audit trail"),
        ("delete from audit_entry where number = 1", "The audit trail misses entry 1"),
        ("update ledger_entry set amount_minor = 1", "Entry 1 of the ledger (realised of August 2026) was altered"),
        ("delete from ledger_entry", "The ledger misses entry 1 at its end"),
        ("update attachment set sha256 = 'x'", "is not in the folder of attachments any more"),
        ("delete from source", "rows of contact point at a source that is not there"),
    ],
)
def test_planted_damage_is_named_and_the_command_fails(
    busy: Flask, database_of_app: Database, statement: str, words: str
) -> None:
    damage(database_of_app, statement)
    status, answer = checked(busy)
    assert status == 1
    assert any(words in sentence for sentence in answer["differences"]), answer


def test_repair_counts_again_the_days_that_differ(busy: Flask, database_of_app: Database) -> None:
    damage(database_of_app, "update daily_total set handled = 99")
    status, answer = checked(busy, "--repair")
    assert (status, answer["repaired_days"], answer["differences"]) == (0, 1, [])


def test_repair_leaves_an_altered_trail_altered(busy: Flask, database_of_app: Database) -> None:
    damage(database_of_app, "update audit_entry set action = 'test.forged' where number = 2")
    status, _ = checked(busy, "--repair")
    assert status == 1


def test_a_database_that_was_never_made_is_refused_with_the_command_to_run(busy: Flask) -> None:
    assert busy.test_cli_runner().invoke(args=["db", "downgrade", "base"]).exit_code == 0
    result = busy.test_cli_runner().invoke(args=["check"])
    assert result.exit_code == 1
    assert "flask db upgrade" in result.stderr

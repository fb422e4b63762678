"""`flask check` says where the ledger was altered behind the application's back, and ends as a failure."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import actions
from tests.initiative_builders import make_initiative
from tests.ledger_builders import AUGUST, JULY, STAMP, make_booking


@pytest.fixture
def booked(database_of_app: Database) -> None:
    def make(session: Session) -> None:
        one = make_initiative(session).id
        actions.book(session, [make_booking(one, month) for month in (JULY, AUGUST)], **STAMP)

    database_of_app.write(make)


@pytest.mark.usefixtures("booked")
def test_a_ledger_as_it_was_written_is_fine(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["check"])
    assert (answer.exit_code, answer.stderr) == (0, "")


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update ledger_entry set amount_minor = amount_minor + 1 where number = 2", "Entry 2 of the ledger"),
        ("delete from ledger_entry where number = 1", "The ledger misses entry 1"),
    ],
)
def test_a_row_that_was_altered_fails_the_check(
    app: Flask, database_of_app: Database, statement: str, words: str
) -> None:
    database_of_app.write(lambda session: session.execute(text(statement)))
    answer = app.test_cli_runner().invoke(args=["check"])
    assert answer.exit_code == 1
    assert words in answer.stderr + answer.stdout

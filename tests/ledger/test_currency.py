"""An installation keeps one currency: settings that name another one are refused, and nothing is added across."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from app.db import Database
from app.ledger import checking
from app.values.errors import Refused
from tests.builders import make_reason
from tests.initiative_builders import make_initiative, make_projection, make_rate

SENTENCE = (
    "Cost rates are kept in USD, and TRACKER_CURRENCY says EUR. Amounts of different currencies are never added: "
    "set TRACKER_CURRENCY to USD and start again."
)


@pytest.fixture
def euros(app: Flask, database_of_app: Database) -> Flask:
    """The same installation, with a rate in dollars, started again with other settings."""
    database_of_app.write(make_rate)
    return create_app(replace(app.extensions["settings"], currency="EUR"))


def test_amounts_in_the_currency_of_the_settings_are_no_difference(session: Session) -> None:
    make_rate(session)
    session.flush()
    assert list(checking.differences(session, "USD")) == []
    checking.require_currency(session, "USD")


def test_every_kind_of_amount_in_another_currency_is_named(session: Session) -> None:
    make_rate(session)
    make_projection(session, make_initiative(session, reasons=(make_reason(session),)))
    session.flush()
    rates, projections = checking.differences(session, "EUR")
    assert rates == SENTENCE
    assert projections.startswith("Projections are kept in USD, and TRACKER_CURRENCY says EUR.")
    with pytest.raises(Refused, match="Cost rates are kept in USD"):
        checking.require_currency(session, "EUR")


def test_the_start_is_refused_before_anybody_sees_a_mixed_sum(euros: Flask) -> None:
    answer = euros.test_cli_runner().invoke(args=["db", "upgrade"])
    assert (answer.exit_code, answer.stderr.strip()) == (1, SENTENCE)
    assert euros.test_client().get("/readyz").get_json() == {"status": SENTENCE}
    assert euros.test_cli_runner().invoke(args=["check"]).stderr.strip() == SENTENCE
    euros.extensions["database"].close()

"""The flask commands, a file a step."""

from flask import Flask

from app.cli import (
    check,
    contacts,
    customers,
    db,
    demo,
    drivers,
    initiatives,
    ledger,
    mailbox,
    measurement,
    ranking,
    reasons,
    safekeeping,
    tokens,
    totals,
    users,
    worker,
)

COMMANDS = (
    users.commands,
    tokens.commands,
    db.commands,
    reasons.commands,
    contacts.commands,
    customers.commands,
    mailbox.commands,
    totals.commands,
    drivers.commands,
    ranking.commands,
    initiatives.commands,
    measurement.commands,
    ledger.commands,
    check.check,
    demo.commands,
    safekeeping.backup,
    safekeeping.restore,
    worker.command,
)


def install(app: Flask) -> None:
    """Make the commands known to `flask`."""
    for command in COMMANDS:
        app.cli.add_command(command)

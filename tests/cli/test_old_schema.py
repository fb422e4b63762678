"""No command works on a database that its program does not fit: it says what to run instead."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from app import create_app, schema
from app.cli import COMMANDS
from app.config import read_settings

# Every command that reads or writes the data, with words that it takes.
WORDS = {
    "users add": ("dana@example.com", "--role", "lead"),
    "users link": ("dana@example.com",),
    "users list": (),
    "tokens add": ("Switch", "--scope", "contacts:write"),
    "tokens list": (),
    "tokens revoke": ("Switch",),
    "reasons import": ("FILE",),
    "reasons export": ("OUT",),
    "reasons merge": ("Late", "Later", "--from", "2026-09-14"),
    "contacts import": ("FILE", "--source", "Zendesk"),
    "contacts undo": ("1",),
    "contacts export": ("--out", "OUT"),
    "contacts expire": (),
    "customers erase": ("+14165550123",),
    "mailbox import": ("FILE", "--source", "Support"),
    "mailbox poll": (),
    "mailbox add": ("Support", "--host", "imap.example.com", "--user", "support"),
    "totals import": ("FILE", "--source", "Zendesk", "--every", "day"),
    "totals undo": ("1",),
    "drivers import": ("FILE", "--driver", "orders"),
    "drivers undo": ("1",),
    "ranking show": ("--from", "2026-09-14", "--to", "2026-09-21"),
    "initiatives list": (),
    "initiatives show": ("1",),
    "measurement run": (),
    "measurement placebo": (),
    "ledger show": (),
    "check": (),
    "demo load": (),
    "backup": ("OUT",),
    "worker": (),
}
# These bring the schema up, down or back, or only say where it stands.
ABOUT_THE_SCHEMA = {"db upgrade", "db downgrade", "db current", "restore"}
WITHOUT_A_DATABASE = {"measurement try"}


def names_of(command: click.Command, above: str = "") -> Iterator[str]:
    name = f"{above} {command.name}".strip()
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from names_of(below, name)
    else:
        yield name


@pytest.fixture
def unready(tmp_path: Path) -> Iterator[Flask]:
    """The application on a database whose schema was never brought up to date."""
    app = create_app(read_settings({"TRACKER_INSTANCE": str(tmp_path), "SECRET_KEY": "for tests only"}))
    schema.upgrade(app.extensions["database"], "0001")
    yield app
    app.extensions["database"].close()


def test_every_command_is_either_about_the_schema_or_needs_the_newest() -> None:
    names = {name for command in COMMANDS for name in names_of(command)}
    assert names == {*WORDS, *ABOUT_THE_SCHEMA, *WITHOUT_A_DATABASE}


@pytest.mark.parametrize("command", WORDS)
def test_a_command_refuses_an_old_schema_in_one_sentence(unready: Flask, tmp_path: Path, command: str) -> None:
    file = tmp_path / "file.csv"
    file.write_text("path,owner,is_other\nLate,,\n", encoding="utf-8")
    places = {"FILE": str(file), "OUT": str(tmp_path / "out.csv")}
    given = [places.get(word, word) for word in WORDS[command]]
    answer = unready.test_cli_runner().invoke(args=[*command.split(), *given])
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr == (
        f"The database stands at 0001, this program needs {schema.pinned_head()}. Run: flask db upgrade.\n"
    )
    assert not (tmp_path / "out.csv").exists()

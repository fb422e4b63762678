"""flask tokens: a program's token is printed once, listed without its text, and revoked."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.db import Database
from app.people import tokens
from app.people.tables import ApiToken, AuditEntry


def said(app: Flask, *words: str) -> dict[str, Any]:
    answer = app.test_cli_runner().invoke(args=["tokens", *words, "--json"])
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_a_token_is_printed_once_and_only_its_hash_is_kept(app: Flask, database_of_app: Database) -> None:
    made = said(app, "add", "Switch", "--scope", "contacts:write", "--scope", "figures:read", "--days", "30")
    text = str(made["token"])
    assert text.startswith("tracker_")
    assert len(text) > 50
    with database_of_app.reading() as session:
        row = session.scalars(select(ApiToken)).one()
        assert text not in str(vars(row))
        assert (row.scopes, row.made_by) == (["contacts:write", "figures:read"], "command line")
        assert row.expires_at - row.made_at == timedelta(days=30)
        found = tokens.shown(session, text)
        assert found is not None
        assert found.state(clock.now()) == "valid"
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, text in str(entry.after)) == ("token.made", False)


def test_the_list_tells_names_scopes_and_states_but_no_token(app: Flask) -> None:
    text = str(said(app, "add", "Switch", "--scope", "contacts:write")["token"])
    (one,) = said(app, "list")["tokens"]
    assert (one["name"], one["state"], one["last_used_at"]) == ("Switch", "valid", None)
    plain = app.test_cli_runner().invoke(args=["tokens", "list"]).stdout
    assert plain == f"{one['id']}  Switch  contacts:write  valid\n"
    assert text not in plain


def test_a_revoked_token_is_revoked_and_its_name_is_free_again(app: Flask) -> None:
    said(app, "add", "Switch", "--scope", "contacts:write")
    assert said(app, "revoke", "Switch") == {"revoked": "Switch"}
    again = app.test_cli_runner().invoke(args=["tokens", "revoke", "Switch"])
    assert (again.exit_code, again.stderr) == (
        1,
        "There is no valid token “Switch”. flask tokens list shows all of them.\n",
    )
    said(app, "add", "Switch", "--scope", "contacts:read")
    states = [one["state"] for one in said(app, "list")["tokens"]]
    assert states == ["valid", "revoked"]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("Switch", "--scope", "contacts:write"), 1, "There is a valid token “Switch” already."),
        ((" \u200b ", "--scope", "contacts:write"), 1, "Name the program that gets the token"),
        (("x" * 101, "--scope", "contacts:write"), 1, "in 1 to 100 letters"),
        (("Other", "--scope", "everything"), 2, "is not one of"),
        (("Other", "--scope", "contacts:write", "--days", "0"), 2, "is not in the range"),
        (("Other",), 2, "--scope"),
    ],
)
def test_what_cannot_be_a_token_is_refused(app: Flask, words: tuple[str, ...], status: int, sentence: str) -> None:
    said(app, "add", "Switch", "--scope", "contacts:write")
    answer = app.test_cli_runner().invoke(args=["tokens", "add", *words])
    assert answer.exit_code == status
    assert sentence in answer.output
    assert len(said(app, "list")["tokens"]) == 1

import json

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.config import Settings
from app.db import Database
from app.people.tables import AuditEntry
from tests.builders import AT, make_department, make_user

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["users", *words])


def test_a_person_is_added_and_the_link_that_is_printed_works(
    app: Flask, settings: Settings, database_of_app: Database
) -> None:
    words = ("add", "Dana@Example.test", "--name", "Dana Whitlock", "--role", "sponsor", "--role", "finance")
    found = run(app, *words, "--department", "Billing", "--json")
    assert (found.exit_code, found.stderr) == (0, "")
    facts = json.loads(found.stdout)
    link, expires_at = facts.pop("link"), facts.pop("expires_at")
    assert facts == {
        "email": "dana@example.test",
        "name": "Dana Whitlock",
        "roles": ["finance", "sponsor"],
        "department": "Billing",
    }
    assert link.startswith("http://127.0.0.1:8000/link/")
    assert expires_at.endswith("+00:00")
    client = app.test_client()
    assert client.post(link.removeprefix(settings.address), data={"password": "a sentence of hers"}).status_code == 302
    assert client.get("/account").status_code == 200
    with database_of_app.reading() as session:
        entries = session.execute(select(AuditEntry.action, AuditEntry.by_name).order_by(AuditEntry.number)).all()
    assert [tuple(entry) for entry in entries] == [
        ("department.added", "command line"),
        ("person.added", "command line"),
        ("person.link_made", "command line"),
        ("person.password_set", "Dana Whitlock"),
    ]


def test_without_a_name_the_front_of_the_email_is_taken_and_a_known_department_is_used(
    app: Flask, database_of_app: Database
) -> None:
    database_of_app.write(lambda session: make_department(session, "Billing"))
    facts = json.loads(
        run(app, "add", "dana@example.test", "--role", "lead", "--department", "billing", "--json").stdout
    )
    assert (facts["name"], facts["department"]) == ("dana", "Billing")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("add", "dana", "--role", "lead"), 1, "“dana” is no e-mail address."),
        (("add", "dana@example.test", "--role", "lead"), 1, "dana@example.test is here already."),
        (("add", "new@example.test"), 2, "Missing option '--role'"),
        (("add", "new@example.test", "--role", "chief"), 2, "'chief' is not one of 'agent', 'lead', 'team'"),
        (("link", "nobody@example.test"), 1, "Nobody here has the e-mail nobody@example.test."),
        (("link", "gone@example.test"), 1, "is disabled. Enable the account first"),
    ],
)
def test_what_cannot_be_is_one_sentence_on_standard_error(
    app: Flask, database_of_app: Database, words: tuple[str, ...], status: int, sentence: str
) -> None:
    database_of_app.write(lambda session: make_user(session, email="dana@example.test"))
    database_of_app.write(lambda session: make_user(session, email="gone@example.test", disabled_at=AT))
    found = run(app, *words)
    assert (found.exit_code, found.stdout) == (status, "")
    assert sentence in found.stderr
    assert "Traceback" not in found.stderr


def test_a_link_is_the_way_back_in(app: Flask, settings: Settings, database_of_app: Database) -> None:
    database_of_app.write(lambda session: make_user(session, email="dana@example.test", password_hash="forgotten"))
    found = run(app, "link", "DANA@example.test")
    assert found.exit_code == 0
    link = next(line for line in found.stdout.splitlines() if line.startswith("link: ")).removeprefix("link: ")
    client = app.test_client()
    assert client.post(link.removeprefix(settings.address), data={"password": "a sentence of hers"}).status_code == 302


def test_everybody_is_listed_also_who_is_disabled(app: Flask, database_of_app: Database) -> None:
    database_of_app.write(
        lambda session: make_user(session, name="Dana", email="d@example.test", roles=("team", "lead"))
    )
    database_of_app.write(lambda session: make_user(session, name="Gone", email="g@example.test", disabled_at=AT))
    assert run(app, "list").stdout.splitlines() == [
        "d@example.test  Dana  lead, team",
        "g@example.test  Gone  team (disabled)",
    ]
    assert json.loads(run(app, "list", "--json").stdout)["users"][1] == {
        "id": 2,
        "email": "g@example.test",
        "name": "Gone",
        "roles": ["team"],
        "department": None,
        "disabled": True,
    }

"""Every failure is answered in words, and what was typed is not lost."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import create_app
from app.config import Settings
from app.db import Database
from app.people.rules import ROLES
from app.values.errors import Missing, Refused, Stale
from app.web.access import allow
from tests.builders import make_user
from tests.web.pages import Page, read

TYPED = {"title": "Send labels again", "note": "first line\nsecond <b>line</b>", "csrf_token": "old", "version": "3"}


def busy(_name: str = "") -> OperationalError:
    return OperationalError("select 1", {}, sqlite3.OperationalError("database is locked"))


@pytest.fixture
def broken(app: Flask) -> Callable[[Exception], None]:
    """An application whose /broken fails as it is told, and that answers as it would at work."""
    app.testing = False
    told: list[Exception] = []

    def view() -> NoReturn:
        raise told[-1]

    app.add_url_rule("/broken", "broken", allow(*ROLES)(view), methods=["GET", "POST"])
    return told.append


def kept_fields(page: Page) -> list[tuple[str, str]]:
    """What the form on a page would send."""
    typed = [(one.get("name"), one.get("value")) for one in page.all("input") if one.get("type") != "file"]
    return [*typed, *((one.get("name"), one.text.removeprefix("\n")) for one in page.all("textarea"))]


@pytest.mark.parametrize(
    ("error", "status", "finding", "sentence"),
    [
        (Missing("That reason is not here."), 404, "There is nothing here.", "That reason is not here."),
        (Stale("Dana changed it."), 409, "Somebody was faster.", "Dana changed it."),
        (Refused("The end lies before the start."), 422, "That cannot be done.", "The end lies before the start."),
        (OverflowError("int too large"), 422, "That cannot be kept.", "too large to be kept. Nothing was saved"),
        (busy(), 503, "The database is busy.", "Wait a few seconds"),
        (ZeroDivisionError("secret detail"), 500, "Something went wrong on our side.", "Nothing of this request"),
    ],
)
def test_a_failure_is_a_heading_a_sentence_and_a_way_out(
    broken: Callable[[Exception], None],
    signed_in: Callable[..., FlaskClient],
    error: Exception,
    status: int,
    finding: str,
    sentence: str,
) -> None:
    broken(error)
    answer = signed_in("lead").get("/broken")
    page = read(answer.text)
    assert (answer.status_code, page.finding) == (status, finding)
    assert sentence in page.text
    assert page.all("a", href="/", _class="btn btn-plain")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert page.all("nav")


@pytest.mark.parametrize("error", [Stale("x"), Refused("x"), busy(), ZeroDivisionError("x")])
def test_what_was_typed_stands_on_the_page_and_can_be_sent_again(
    broken: Callable[[Exception], None], signed_in: Callable[..., FlaskClient], error: Exception
) -> None:
    broken(error)
    page = read(signed_in("lead").post("/broken?tab=2", data=TYPED).text)
    form = page.one("form", method="post")
    assert form.get("action") == "/broken?tab=2"
    sent = dict(kept_fields(page))
    assert sent.pop("csrf_token") != "old"
    assert sent == {name: value for name, value in TYPED.items() if name != "csrf_token"}
    assert page.one("input", name="version").get("type") == "hidden"
    labels = {label.get("for") for label in page.all("label")}
    shown = [one for one in (*page.all("input"), *page.all("textarea")) if one.get("type") != "hidden"]
    assert {one.get("id") for one in shown} == labels


def test_a_page_that_only_shows_offers_nothing_to_send(
    broken: Callable[[Exception], None], signed_in: Callable[..., FlaskClient]
) -> None:
    broken(busy())
    assert read(signed_in("lead").get("/broken").text).all("form") == []


def test_passwords_and_files_are_asked_for_again_and_said_to_be(
    broken: Callable[[Exception], None], signed_in: Callable[..., FlaskClient]
) -> None:
    broken(busy())
    data = {"new_password": "a sentence of hers", "file": (BytesIO(b"a,b\n1,2\n"), "week 37.csv"), "source": "phone"}
    page = read(signed_in("lead").post("/broken", data=data).text)
    assert "a sentence of hers" not in page.text
    password = page.one("input", name="new_password")
    assert (password.get("type"), password.get("value")) == ("password", "")
    assert page.one("input", name="file").get("type") == "file"
    assert page.one("form", method="post").get("enctype") == "multipart/form-data"
    assert "It was week 37.csv." in page.text
    assert "A file has to be chosen again. A password has to be typed again." in page.text
    assert page.one("input", name="source").get("value") == "phone"


def test_several_values_of_one_name_are_all_kept(
    broken: Callable[[Exception], None], signed_in: Callable[..., FlaskClient]
) -> None:
    broken(busy())
    page = read(signed_in("lead").post("/broken", data={"reason": ["1", "2", "1"]}).text)
    assert [one.get("value") for one in page.all("input", name="reason")] == ["1", "2", "1"]


def test_a_page_that_is_for_others_says_so(signed_in: Callable[..., FlaskClient]) -> None:
    answer = signed_in("agent").get("/audit")
    assert (answer.status_code, read(answer.text).finding) == (403, "This page is for other roles.")


@pytest.mark.parametrize(
    ("method", "address", "status", "finding"),
    [
        ("GET", "/nowhere", 404, "There is nothing at this address."),
        ("POST", "/nowhere", 404, "There is nothing at this address."),
        ("DELETE", "/login", 405, "This address cannot be used that way."),
        ("GET", "/logout", 405, "This address cannot be used that way."),
    ],
)
def test_nobody_gets_words_too(client: FlaskClient, method: str, address: str, status: int, finding: str) -> None:
    answer = client.open(address, method=method)
    assert (answer.status_code, read(answer.text).finding) == (status, finding)


def test_a_file_over_the_limit_is_refused_with_the_limit(settings: Settings, database_of_app: Database) -> None:
    app = create_app(replace(settings, upload_limit_bytes=2_000_000))
    database_of_app.write(make_user)
    boundary, body = encode_multipart({"file": FileStorage(BytesIO(b"x" * 2_000_001), "large.csv")})
    answer = app.test_client().post("/login", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert (answer.status_code, read(answer.text).finding) == (413, "That file is too large.")
    assert "limit of an upload is 2.0\u00a0MB. Nothing was saved." in answer.text
    app.extensions["database"].close()


def test_a_form_with_more_text_than_a_form_may_hold_is_refused(client: FlaskClient, database_of_app: Database) -> None:
    database_of_app.write(make_user)
    boundary, body = encode_multipart({"email": "x" * 600_000})
    answer = client.post("/login", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert (answer.status_code, read(answer.text).finding) == (413, "That is too much for one form.")


def test_a_failure_page_is_shown_even_where_the_person_cannot_be_read(
    app: Flask, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("lead")
    app.testing = False

    def fail(*_args: object) -> NoReturn:
        raise busy()

    monkeypatch.setattr("app.people.queries.person", fail)
    answer = client.post("/account/theme", data={"theme": "dark"})
    page = read(answer.text)
    assert (answer.status_code, page.finding) == (503, "The database is busy.")
    assert ("theme", "dark") in kept_fields(page)
    assert page.all("nav") == []


@pytest.mark.parametrize("kind", ["empty", "older"])
def test_a_database_that_does_not_fit_says_what_to_run(settings: Settings, kind: str) -> None:
    database = Database(f"sqlite:///{settings.instance / 'empty.db'}")
    if kind == "older":
        with database.engine.begin() as connection:
            connection.exec_driver_sql("create table alembic_version (version_num varchar(32))")
            connection.exec_driver_sql("insert into alembic_version values ('0000')")
    app = create_app(replace(settings, database_url=database.url))
    answer = app.test_client().get("/login")
    assert (answer.status_code, read(answer.text).finding) == (503, "The tracker is not ready.")
    assert "Run: flask db upgrade." in answer.text
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, "flask db upgrade" in ready.get_json()["status"]) == (503, True)
    assert app.test_client().get("/healthz").get_json() == {"status": "ok"}
    app.extensions["database"].close()
    database.close()


def test_a_database_that_fits_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})

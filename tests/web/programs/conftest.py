"""Programs with tokens, before the application on either engine."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock, create_app
from app.config import read_settings
from app.db import Database
from app.people import tokens
from app.people.tokens import SCOPES
from tests.builders import AT, TESTER


class Program:
    """Somebody's program: sends its token with every request."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def get(self, address: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1{address}", headers={**self._token(), **headers})

    def send(self, sent: Any, address: str = "/contacts") -> TestResponse:
        return self.client.post(f"/api/v1{address}", json=sent, headers=self._token())

    def send_bytes(self, body: bytes, content_type: str = "application/json") -> TestResponse:
        return self.client.post("/api/v1/contacts", data=body, content_type=content_type, headers=self._token())

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def a_contact(number: object = 1, **fields: Any) -> dict[str, Any]:
    """A contact as a program sends it."""
    return {"source": "Switch", "external_id": f"C-{number}", "occurred_at": "2026-09-14T09:00:00Z", **fields}


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands where all tests have it."""
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def installation(database: Database, tmp_path: Path, today: None) -> Iterator[Flask]:
    """The application on either engine; what it counts it counts at once."""
    settings = read_settings(
        {
            "TRACKER_INSTANCE": str(tmp_path),
            "DATABASE_URL": database.url,
            "SECRET_KEY": "for tests only",
            "TRACKER_TIMEZONE": "America/Toronto",
            "TRACKER_REGION": "CA",
            "TRACKER_JOBS_IN_PROCESS": "yes",
        }
    )
    app = create_app(settings)
    app.config.update(TESTING=True)
    yield app
    app.extensions["database"].close()


@pytest.fixture
def new_program(installation: Flask, database: Database) -> Callable[..., Program]:
    """A program whose token has the scopes given, or all: `new_program("contacts:read")`."""

    def make(*scopes: str, name: str = "Switch", days: int = 30) -> Program:
        made = database.write(
            lambda session: tokens.make(session, name, scopes or tuple(SCOPES), days, by=TESTER, at=AT)
        )
        return Program(installation.test_client(), made.text)

    return make


@pytest.fixture
def program(new_program: Callable[..., Program]) -> Program:
    """A program that may do everything."""
    return new_program()

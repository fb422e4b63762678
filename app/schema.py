"""The database's schema: brought up, down, and asked where it stands; Alembic is imported only when needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.config import PROJECT
from app.db import Base, Database
from app.values.errors import Refused

if TYPE_CHECKING:
    from alembic.config import Config

HEAD_FILE = PROJECT / "migrations" / "head.txt"


def pinned_head() -> str:
    """The revision that this code needs."""
    return HEAD_FILE.read_text(encoding="ascii").strip()


def current(database: Database) -> str | None:
    """The revision that the database has; none where it is empty."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("select version_num from alembic_version"))
        return found


def require_head(database: Database) -> None:
    """Refuse to work on a database that this code does not fit."""
    found = current(database)
    if found != pinned_head():
        raise Refused(
            f"The database stands at {found or 'nothing'}, this program needs {pinned_head()}. Run: flask db upgrade."
        )


def trouble(database: Database) -> str | None:
    """What keeps the program from working with its database, as a sentence; none where it can work."""
    try:
        require_head(database)
    except Refused as error:
        return error.sentence
    except SQLAlchemyError:
        return "The database does not answer."
    return None


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision, keeping the data."""
    from alembic import command

    with _migrating(database) as config:
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Bring the schema down to a revision; what only later revisions can hold is dropped."""
    from alembic import command

    with _migrating(database) as config:
        command.downgrade(config, revision)


@contextmanager
def _migrating(database: Database) -> Iterator["Config"]:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    with database.engine.connect() as connection:
        _loosen(connection)
        config.attributes["connection"] = connection
        config.attributes["metadata"] = Base.metadata
        yield config
        _check_references(connection)


def _loosen(connection: Connection) -> None:
    # Rebuilding a table with foreign keys on would delete the rows of its children.
    if connection.dialect.name == "sqlite":
        connection.connection.execute("pragma foreign_keys=off")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    raw = connection.connection
    broken = raw.execute("pragma foreign_key_check").fetchall()
    raw.execute("pragma foreign_keys=on")
    if broken:
        raise Refused(f"After the migration {len(broken)} rows point at nothing, first in table {broken[0][0]}.")


def dangling(session: Session) -> Iterator[str]:
    """A sentence for each kind of row that points at a row which is not there."""
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            above = key.column.table.alias("above")
            lost = (
                select(func.count())
                .select_from(table.outerjoin(above, key.parent == above.c[key.column.name]))
                .where(key.parent.is_not(None), above.c[key.column.name].is_(None))
            )
            if count := session.scalar(lost):
                yield f"{count} rows of {table.name} point at a {key.column.table.name} that is not there."


def damage(session: Session) -> Iterator[str]:
    """What the engine itself says is broken in the file; PostgreSQL has no such question."""
    if session.get_bind().dialect.name == "sqlite":
        words = session.scalars(text("pragma integrity_check")).all()
        yield from (f"The database file is damaged: {word}." for word in words if word != "ok")

"""Made-up files of contacts, and what taking them in left in a database."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.config import Settings, read_settings
from app.contacts import importing, queries
from app.contacts.queries import Batch
from app.contacts.rules import Choices
from app.counting.everything import count_everything
from app.db import Database
from app.people.rules import Actor

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
LEAD = Actor(None, "Jonas Feld")
SOURCE = "Switch"
HEADER = ("external_id", "occurred_at", "channel", "reason", "customer", "handle_seconds", "note")
TABLES = {
    "contact": "id",
    "contact_reason": "contact_id, reason_id",
    "contact_change": "contact_id, number",
    "daily_total": "day, reason_id, channel, source_id",
    "touched_day": "day",
}
Line = Sequence[str]


def make_settings(database: Database, folder: Path, **more: str) -> Settings:
    """The settings of an installation on this database."""
    environment = {"TRACKER_INSTANCE": str(folder / "instance"), "DATABASE_URL": database.url, "SECRET_KEY": "tests"}
    return read_settings({**environment, **more})


def make_line(number: int, **fields: str) -> list[str]:
    """A row in the order of HEADER."""
    values = {
        "external_id": f"C-{number}",
        "occurred_at": f"2026-09-{1 + number % 10:02d}T{number % 24:02d}:15:00Z",
        "channel": ("phone", "email", "chat")[number % 3],
        "reason": ("Delivery > Late", "Delivery > Lost", "Billing")[number % 3],
        "customer": f"customer{number % 7}@mail.example",
        "handle_seconds": str(60 + number % 500),
        "note": "",
    }
    return [{**values, **fields}[name] for name in HEADER]


def csv_text(rows: Iterable[Line], header: Line = HEADER, *, delimiter: str = ",") -> str:
    """A header and rows as CSV."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([header, *rows])
    return written.getvalue()


def make_file(folder: Path, rows: Iterable[Line], header: Line = HEADER, name: str = "contacts.csv") -> Path:
    """A file of contacts in the tracker's own format, unless another header is given."""
    path = folder / name
    path.write_text(csv_text(rows, header), encoding="utf-8", newline="")
    return path


def import_rows(
    database: Database,
    settings: Settings,
    rows: Iterable[Line],
    *,
    header: Line = HEADER,
    source: str = SOURCE,
    at: datetime = NOW,
    **choices: Any,
) -> Batch:
    """Take in a file with these rows, count the days, and say what became of it."""
    path = make_file(settings.instance, rows, header)
    return import_path(database, settings, path, source=source, at=at, **choices)


def import_path(
    database: Database, settings: Settings, path: Path, *, source: str = SOURCE, at: datetime = NOW, **choices: Any
) -> Batch:
    """Take in a file, count the days, and say what became of it."""
    batch_id = importing.import_file(database, settings, path, Choices(source, **choices), by=LEAD, at=at)
    count_everything(database)
    with database.reading() as session:
        return queries.batch(session, batch_id)


def counts(batch: Batch) -> dict[str, int]:
    """The counts of a batch that are not 0, all rows included."""
    names = ("read", "new", "updated", "unchanged", "rejected", "ignored", "untagged")
    return {name: number for name in names if (number := getattr(batch.counts, name))}


def contents(database: Database) -> dict[str, list[Mapping[str, Any]]]:
    """Every row of the tables that hold contacts and what was counted of them, as the engine keeps it."""
    with database.reading() as session:
        return {
            table: [dict(row._mapping) for row in session.execute(text(f"select * from {table} order by {order}"))]
            for table, order in TABLES.items()
        }


def contacts(database: Database) -> list[Mapping[str, Any]]:
    """All contacts by the time at which they came."""
    with database.reading() as session:
        rows = session.execute(text("select * from contact order by occurred_at, external_id, id"))
        return [dict(row._mapping) for row in rows]

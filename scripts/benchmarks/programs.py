"""What programs send: lists against the import of a file, single contacts against a bare route, by processor time.

A contact by itself goes through gunicorn with one process, as the tracker is served, beside a route of Flask alone that
inserts the same row into the same table of its own database and commits it.
"""

import csv
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import clock
from app.config import read_settings
from app.db import Database
from app.people import tokens
from app.people.rules import Actor
from app.people.tokens import SEND
from scripts.benchmarks import importing
from scripts.benchmarks.table import Row

ROOT = Path(__file__).resolve().parents[2]
CONTACTS = 100_000
LISTED, SINGLE, WARM_UPS, TURNS = 1000, 600, 40, 2
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 30.0


def rows() -> Iterator[Row]:
    """Seconds of processor time; the best of each in turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "contacts.csv"
        importing.write(file, CONTACTS)
        lists, files, singles, bare = [], [], [], []
        for turn in range(TURNS):
            files.append(_import(folder / f"file-{turn}", file) / CONTACTS)
            with _served(folder / f"ours-{turn}", "wsgi:app") as program:
                lists.append(program.lists(file) / CONTACTS)
                singles.append(program.singles(f"{turn}"))
            with _served(folder / f"bare-{turn}", "scripts.benchmarks.bare_route:app") as program:
                bare.append(program.singles(f"{turn}"))
    in_a_list = f"a contact in a list of {LISTED:,}"
    yield Row(in_a_list, min(lists) * 1000, "of a file by flask contacts import", min(files) * 1000, "ms", 2.0)
    yield Row("one contact sent alone", min(singles) * 1000, "a bare route", min(bare) * 1000, "ms", 2.0)


def _import(folder: Path, file: Path) -> float:
    """Processor seconds of the command and all that it starts."""
    environment = _made(folder)
    before = os.times()
    command = ("contacts", "import", str(file), "--source", "Switch", "--json")
    subprocess.run((*_flask(), *command), check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _made(folder: Path) -> dict[str, str]:
    """A new installation, and the environment that leads to it."""
    folder.mkdir()
    environment = {**os.environ, "TRACKER_INSTANCE": str(folder), "DATABASE_URL": "", "SECRET_KEY": "benchmark"}
    subprocess.run((*_flask(), "db", "upgrade"), check=True, capture_output=True, cwd=ROOT, env=environment)
    return environment


def _flask() -> tuple[str, ...]:
    return (sys.executable, "-m", "flask", "--app", "wsgi")


class Program:
    """Sends contacts over one connection, and reads what processor time the server took for them."""

    def __init__(self, port: int, token: str, server: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._server = server

    def lists(self, file: Path) -> float:
        """Processor seconds for all contacts of a file, in lists."""
        with file.open(encoding="utf-8", newline="") as text:
            contacts = [_contact(row) for row in csv.DictReader(text)]
        bodies = [json.dumps(contacts[start : start + LISTED]) for start in range(0, len(contacts), LISTED)]
        before = self._seconds()
        for body in bodies:
            self.send(body)
        return self._seconds() - before

    def singles(self, name: str) -> float:
        """Processor seconds for one contact, sent alone."""
        bodies = [
            json.dumps({**EXAMPLE, "external_id": f"single-{name}-{number}"}) for number in range(WARM_UPS + SINGLE)
        ]
        for body in bodies[:WARM_UPS]:
            self.send(body)
        before = self._seconds()
        for body in bodies[WARM_UPS:]:
            self.send(body)
        return (self._seconds() - before) / SINGLE

    def send(self, body: str) -> None:
        """One request; raises RuntimeError where it is not taken in."""
        self._connection.request("POST", "/api/v1/contacts", body, self._headers)
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status != 201:  # noqa: PLR2004
            raise RuntimeError(f"The server answered {answer.status}: {told[:300]!r}")

    def _seconds(self) -> float:
        """User and system time of the process that serves."""
        fields = Path(f"/proc/{self._server}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


EXAMPLE: dict[str, Any] = {
    "source": "Switch",
    "occurred_at": "2025-06-02T09:30:00Z",
    "channel": "phone",
    "reason": "Area 1 > Topic 2 > Reason 3",
    "queue": "Orders",
    "customer": "+16132223344",
    "handle_seconds": 300,
    "note": "Asked about order 1000001 again",
    "attributes": {"region": "North"},
}


def _contact(row: dict[str, str]) -> dict[str, Any]:
    """A row of the file as a program sends it."""
    return {
        "source": "Switch",
        **{name: row[name] for name in ("external_id", "occurred_at", "channel", "reason", "queue", "customer")},
        "handle_seconds": int(row["handle_seconds"]),
        "direction": row["direction"],
        "abandoned": row["abandoned"] == "yes",
        "note": row["note"],
        "attributes": {"region": row["region"]},
    }


@contextmanager
def _served(folder: Path, application: str) -> Iterator[Program]:
    """One process of gunicorn with eight threads on a new installation, and a program with a token."""
    environment = _made(folder)
    database = Database(read_settings({"TRACKER_INSTANCE": str(folder), "SECRET_KEY": "benchmark"}).database_url)
    made = database.write(
        lambda session: tokens.make(session, "Benchmark", [SEND], 1, by=Actor(None, "benchmark"), at=clock.now())
    )
    database.close()
    socket = folder / "port"
    command = ("gunicorn", "--workers", "1", "--threads", "8", "--bind", "127.0.0.1:0", "--pid", str(socket))
    server = subprocess.Popen(
        (sys.executable, "-m", *command, application), cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        port, worker = _announced(server)
        yield Program(port, made.text, worker)
    finally:
        server.terminate()
        server.wait()


def _announced(server: "subprocess.Popen[str]") -> tuple[int, int]:
    """The port and the process that gunicorn says it serves with."""
    port, last = 0, time.monotonic() + START_SECONDS
    assert server.stderr is not None  # noqa: S101  (it was asked for)
    for line in server.stderr:
        if "Listening at" in line:
            port = int(line.partition("127.0.0.1:")[2].split()[0])
        if "Booting worker with pid" in line:
            return port, int(line.rpartition(":")[2])
        if time.monotonic() > last:
            break
    raise RuntimeError("The server did not start.")

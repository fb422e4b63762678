"""Files of anything at all: they are taken in or refused in a sentence, on both engines, and never end in a trace."""

import contextlib
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.config import Settings
from app.contacts import importing
from app.contacts.rules import Choices
from app.db import Database
from app.values.errors import Refused
from tests.intake_builders import HEADER, NOW, csv_text, import_path, make_line, make_settings

# Letters of any kind, with those that databases, CSV and JSON stumble over more often.
ODD = st.one_of(st.text(max_size=8), st.sampled_from(["\0", "\ud800", '"', "\r\n", "\ufeff", "\x1f", "'", "\\", "💬"]))
BYTES = st.one_of(
    st.binary(min_size=1, max_size=200),
    st.binary(max_size=100).map(lambda some: b"occurred_at,reason,note\n2026-09-01 10:00,Late," + some + b"\n"),
    st.binary(max_size=60).map(lambda some: b"occurred_at,note," + some + b"\n2026-09-01 10:00,x,y\n"),
)
USUAL = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def take(database: Database, made: Settings, path: Path) -> None:
    """Preview and take in; what is refused is refused in a sentence."""
    choices = Choices("Odd")
    with contextlib.suppress(Refused):
        found = importing.preview_file(database, made, path, choices, at=NOW)
        batch = import_path(database, made, path, source="Odd")
        assert batch.counts.read == found.counts.read
        assert (batch.counts.rejected, batch.counts.ignored) == (found.counts.rejected, found.counts.ignored)


@USUAL
@given(BYTES)
@example(b"\xff\xfeo\x00")
@example("occurred_at,\ud800\n2026-09-01 10:00,x\n".encode("utf-8", "surrogatepass"))
def test_any_bytes(database: Database, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odd.csv"
        path.write_bytes(content)
        take(database, make_settings(database, Path(folder)), path)


@USUAL
@given(st.lists(st.tuples(st.sampled_from(HEADER), ODD), min_size=1, max_size=6), st.sampled_from(["utf-8", "utf-16"]))
def test_any_letters_in_any_cell(database: Database, cells: list[tuple[str, str]], encoding: str) -> None:
    rows = [make_line(number, **{name: text}) for number, (name, text) in enumerate(cells)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odd.csv"
        path.write_bytes(csv_text([*rows, make_line(99)]).encode(encoding, "surrogatepass"))
        take(database, make_settings(database, Path(folder)), path)

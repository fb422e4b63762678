"""What holds for every file, tried with generated ones."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from app.contacts import undoing
from app.counting.everything import count_everything
from app.db import Database
from app.people.tables import AuditHead
from app.values.sealing import FIRST_HASH
from tests.intake_builders import LEAD, NOW, contents, csv_text, import_path, make_settings

HEADER = ("external_id", "occurred_at", "channel", "reason", "handle_seconds", "note")
ROW = st.tuples(
    st.sampled_from(["", "", "1", "2", "3", "4"]),
    st.sampled_from(["2026-09-01 10:00", "2026-09-01T10:00:00Z", "2026-09-02 10:00", "never", ""]),
    st.sampled_from(["phone", "chat", "pigeon", ""]),
    st.sampled_from(["Late", "late", "A > B", "A > B > C > D", ""]),
    st.sampled_from(["", "60", "-1", "99999", "x"]),
    st.sampled_from(["", "a note", 'with "quotes"\nand lines', "4111 1111 1111 1111", "\0"]),
)
ODD = st.sampled_from([(), ("",) * 6, HEADER, ("only one",), ("a", "b", "c", "d", "e", "f", "g")])
ROWS = st.lists(st.one_of(ROW, ROW, ROW, ODD), min_size=1, max_size=25).filter(lambda rows: any(map(any, rows)))
USUAL = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def sqlite(shared_sqlite: Database) -> Iterator[Database]:
    """A database that each example empties."""
    yield shared_sqlite
    empty(shared_sqlite)


def empty(database: Database) -> None:
    tables = (
        *("contact_change", "contact_reason", "contact", "import_reject", "import_batch", "daily_total"),
        *("touched_day", "raw_reason", "reason_fact", "reason", "source", "audit_entry"),
    )

    def clear(session: object) -> None:
        for table in tables:
            session.execute(text(f"delete from {table}"))  # type: ignore[attr-defined]
        # The next test finds the trail as it was before the first entry.
        session.execute(update(AuditHead).values(number=0, hash=FIRST_HASH))  # type: ignore[attr-defined]

    database.write(clear)


def write(folder: Path, rows: list[tuple[str, ...]], name: str) -> Path:
    path = folder / name
    path.write_text(csv_text(rows, HEADER), encoding="utf-8", newline="")
    return path


@USUAL
@given(ROWS, ROWS)
def test_counts_add_up_a_second_time_brings_nothing_and_undo_leaves_nothing(
    sqlite: Database, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    empty(sqlite)
    with tempfile.TemporaryDirectory() as folder:
        made = make_settings(sqlite, Path(folder))
        before, after = write(Path(folder), first, "first.csv"), write(Path(folder), second, "second.csv")
        batch = import_path(sqlite, made, before)
        data_rows = sum(bool(row) for row in first)
        counts = batch.counts
        parts = (counts.new, counts.updated, counts.unchanged, counts.rejected, counts.ignored)
        assert counts.read == sum(parts) == data_rows
        assert len(contents(sqlite)["contact"]) == counts.new
        held = contents(sqlite)
        again = import_path(sqlite, made, before).counts
        assert (again.new, again.updated, again.unchanged) == (0, 0, counts.new)
        assert contents(sqlite) == held
        other = import_path(sqlite, made, after)
        undoing.undo(sqlite, other.id, by=LEAD, at=NOW)
        count_everything(sqlite)
        assert contents(sqlite) == held


GOOD_ROW = st.tuples(
    st.sampled_from(["", "", "1", "2", "3", "4", "5"]),
    st.sampled_from(["2026-09-01 10:00", "2026-09-01 11:00", "2026-09-02 10:00"]),
    st.sampled_from(["phone", "chat"]),
    st.sampled_from(["Late", "A > B"]),
    st.just("60"),
    st.sampled_from(["", "a note"]),
)
CUT = st.integers(1, 12)


@USUAL
@given(ROWS, st.tuples(CUT, CUT), st.tuples(CUT, CUT))
def test_however_a_file_is_cut_into_chunks_the_result_is_the_same(
    sqlite: Database, rows: list[tuple[str, ...]], one: tuple[int, int], other: tuple[int, int]
) -> None:
    results = []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        made = make_settings(sqlite, Path(folder))
        path = write(Path(folder), rows, "rows.csv")
        for rows_at_once, pace in (one, other):
            empty(sqlite)
            patch.setattr("app.contacts.batches.ROWS_AT_ONCE", rows_at_once)
            patch.setattr("app.contacts.running.FIRST_ROWS", pace)
            counts = import_path(sqlite, made, path).counts
            kept = [(row["id"], row["external_id"], row["note"]) for row in contents(sqlite)["contact"]]
            results.append((counts, kept))
    assert results[0] == results[1]


@USUAL
@given(st.lists(GOOD_ROW, min_size=2, max_size=30), st.integers(0, 30))
def test_rows_with_numbers_are_the_same_contacts_in_one_file_or_in_two(
    sqlite: Database, rows: list[tuple[str, ...]], place: int
) -> None:
    numbered = [(f"{number}-{row[0]}", *row[1:]) for number, row in enumerate(rows)]
    ids = []
    with tempfile.TemporaryDirectory() as folder:
        made = make_settings(sqlite, Path(folder))
        for parts in ([numbered], [numbered[:place], numbered[place:]]):
            empty(sqlite)
            for number, part in enumerate(parts):
                if part:
                    import_path(sqlite, made, write(Path(folder), part, f"{number}.csv"))
            ids.append([row["id"] for row in contents(sqlite)["contact"]])
    assert ids[0] == ids[1]


@USUAL
@given(st.lists(GOOD_ROW, min_size=1, max_size=20), st.lists(GOOD_ROW, min_size=1, max_size=20))
def test_of_rows_without_numbers_the_most_that_one_file_holds_are_kept(
    sqlite: Database, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    files = [[("", *row[1:]) for row in rows] for rows in (first, second)]
    empty(sqlite)
    with tempfile.TemporaryDirectory() as folder:
        made = make_settings(sqlite, Path(folder))
        for number, rows in enumerate(files):
            import_path(sqlite, made, write(Path(folder), rows, f"{number}.csv"))
    most = Counter(files[0]) | Counter(files[1])
    assert len(contents(sqlite)["contact"]) == most.total()

"""How many rows one transaction of an import takes, and who gets the turn between two of them."""

import sqlite3
from datetime import date
from itertools import accumulate, repeat

import pytest

from app.contacts.days import touch
from app.contacts.running import FEWEST_ROWS, FIRST_ROWS, LONGEST_SECONDS, MOST_ROWS, SHARE_FOR_OTHERS, next_pace
from app.db import Database


def test_a_transaction_that_kept_others_waiting_too_long_is_followed_by_a_much_smaller_one() -> None:
    assert next_pace(2000, 2 * LONGEST_SECONDS) == 500
    assert next_pace(2000, 100 * LONGEST_SECONDS) == FEWEST_ROWS


def test_a_quick_one_is_followed_by_a_larger_one_up_to_a_limit() -> None:
    assert next_pace(2000, LONGEST_SECONDS / 3) == 3000
    assert next_pace(MOST_ROWS, 0.0) == MOST_ROWS
    assert next_pace(2000, LONGEST_SECONDS * 0.9) == 2000


@pytest.mark.parametrize("rows_a_second", [3_000, 10_000, 30_000, 100_000])
def test_whatever_the_machine_transactions_become_short_and_stay_so(rows_a_second: int) -> None:
    paces = list(
        accumulate(repeat(None, 30), lambda pace, _: next_pace(pace, pace / rows_a_second), initial=FIRST_ROWS)
    )
    assert all(pace / rows_a_second <= LONGEST_SECONDS for pace in paces[10:])
    assert paces[-1] == MOST_ROWS or paces[-1] / rows_a_second >= LONGEST_SECONDS / 2


def test_who_waits_for_a_turn_asks_again_within_the_pause_that_an_import_makes(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(sqlite_database.engine.url.database or "", isolation_level=None)
    other.execute("begin immediate")
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 30:
            other.execute("rollback")

    monkeypatch.setattr("app.db.time.sleep", nap)
    sqlite_database.write(lambda session: touch(session, [date(2026, 9, 1)]))
    other.close()
    assert len(naps) == 30
    assert max(naps) < LONGEST_SECONDS * SHARE_FOR_OTHERS

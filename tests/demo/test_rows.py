"""Rows of the fictional company's contact desk: no database."""

import csv
import io
import re
from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest

from app.demo import company, rows
from app.demo.rows import Desk, Row
from app.demo.rules import ReasonPlan, Volume

AS_OF = date(2026, 11, 17)
PLAN = ReasonPlan(("Delivery", "Where is my order?"), "Logistics", 1.0, (100, 0, 0), 1.0)
FIELDS = {name: number for number, name in enumerate(rows.COLUMNS)}


def desk(zone: str = "UTC", seed: int = 1) -> Desk:
    return Desk(AS_OF, ZoneInfo(zone), Random(seed), {PLAN.path: PLAN})


def day_of(contacts: int, *, days_ago: int = 100, channel: str = "phone", of: Desk | None = None) -> list[Row]:
    volumes = [Volume(AS_OF - timedelta(days=days_ago), PLAN.path, channel, contacts)]
    return [row for _, found in (of or desk()).days(volumes) for row in found]


def column(found: list[Row], name: str) -> list[str]:
    return [row[FIELDS[name]] for row in found]


def test_rows_are_numbered_in_the_order_in_which_they_came() -> None:
    found = day_of(50)
    assert column(found, "external_id")[:2] == ["HV-0000001", "HV-0000002"]
    times = [datetime.fromisoformat(text) for text in column(found, "occurred_at")]
    assert times == sorted(times)
    assert {at.date() for at in times} == {AS_OF - timedelta(days=100)}


def test_times_carry_the_offset_of_the_installation() -> None:
    (winter,) = {text[-6:] for text in column(day_of(20, days_ago=5, of=desk("Europe/Berlin")), "occurred_at")}
    (summer,) = {text[-6:] for text in column(day_of(20, days_ago=120, of=desk("Europe/Berlin")), "occurred_at")}
    assert (winter, summer) == ("+01:00", "+02:00")


def test_outbound_contacts_come_on_top_and_abandoned_ones_have_no_duration() -> None:
    found = day_of(5000)
    directions = Counter(column(found, "direction"))
    assert directions["inbound"] == 5000
    assert directions["outbound"] == pytest.approx(150, abs=45)
    abandoned = [row for row in found if row[FIELDS["abandoned"]] == "yes"]
    assert len(abandoned) == pytest.approx(300, abs=60)
    assert {row[FIELDS["handle_seconds"]] for row in abandoned} == {""}
    assert {row[FIELDS["direction"]] for row in abandoned} == {"inbound"}
    assert "" not in {row[FIELDS["handle_seconds"]] for row in found if row not in abandoned}


def test_handle_time_is_that_of_the_channel_on_average() -> None:
    seconds = [int(text) for text in column(day_of(5000), "handle_seconds") if text]
    assert fmean(seconds) == pytest.approx(rows.MEAN_SECONDS["phone"], rel=0.03)


@pytest.mark.parametrize(("days_ago", "share"), [(1, 0.2), (2, 0.03), (28, 0.03), (29, 0.0)])
def test_only_recent_contacts_wait_for_a_reason_and_each_of_them_has_a_note(days_ago: int, share: float) -> None:
    found = [row for row in day_of(4000, days_ago=days_ago, channel="email") if row[FIELDS["direction"]] == "inbound"]
    waiting = [row for row in found if not row[FIELDS["reason"]]]
    assert len(waiting) / len(found) == pytest.approx(share, abs=0.02 if share else 0)
    assert all(row[FIELDS["note"]] for row in waiting)


def test_a_few_customers_ask_again_within_a_week() -> None:
    volumes = [Volume(date(2026, 3, 2) + timedelta(days=number), PLAN.path, "phone", 200) for number in range(60)]
    last: dict[str, date] = {}
    known = repeated = 0
    for day, found in desk().days(volumes):
        for customer in filter(None, column(found, "customer")):
            known += 1
            repeated += customer in last and (day - last[customer]).days <= 7
            last[customer] = day
    assert repeated / known == pytest.approx(0.02, abs=0.006)
    assert known / (60 * 200) == pytest.approx(0.88 * 1.03, abs=0.02)


def test_notes_are_filled_in_and_mails_are_written_by_customers() -> None:
    notes = [note for note in column(day_of(300, channel="email"), "note") if note]
    assert len(set(notes)) > 50
    assert not [note for note in notes if re.search(r"[{}]", note) or note.startswith(("Caller", "Customer"))]


def test_every_sentence_can_be_filled_in() -> None:
    filling = {"order": "1", "item": "2", "furniture": "3", "china": "4", "days": "5", "weekday": "6"}
    for lines in company.sentences().values():
        for line in lines:
            assert "{" not in line.format(**filling)


def test_the_file_has_our_own_columns() -> None:
    file = io.StringIO()
    found = day_of(3)
    rows.write_file(file, found)
    file.seek(0)
    assert next(csv.reader(file)) == list(rows.COLUMNS)
    assert [tuple(row) for row in csv.reader(file)] == found

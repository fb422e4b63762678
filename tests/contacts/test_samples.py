"""A file of every format, written by hand with what its system is known for, and what becomes of every row.

`pytest -k reconcile -s` prints the table: rows, the five counts, time zone, durations, reasons.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.config import Settings
from app.contacts import formats
from app.contacts.files import File, survey
from app.contacts.queries import Batch
from app.contacts.reading import layout_of
from app.db import Database
from app.reasons import queries as reasons
from tests.intake_builders import contacts, counts, import_path, make_settings

SAMPLES = Path(__file__).parent / "samples"
TORONTO, BERLIN = "America/Toronto", "Europe/Berlin"
Line = tuple[str, str, str, str, str | None, int | None]


@dataclass(frozen=True)
class Sample:
    """A file, what its rows become, and the contacts: number, time in UTC, channel, marks, reason, seconds."""

    name: str
    format: str
    counts: Mapping[str, int]
    contacts: Sequence[Line]
    timezone: str = "UTC"
    zone_in_file: str = "of the source"
    durations: str = "none"
    remarks: tuple[str, ...] = field(default=())
    rejected: tuple[tuple[int, str], ...] = ()


# Marks: o outbound, a abandoned, d a duration left out of averages.
ALL = [
    Sample(
        "zendesk.csv",
        "zendesk",
        {"read": 5, "new": 3, "rejected": 1, "ignored": 1},
        [
            ("1001", "2026-09-01 12:15:00", "email", "", "Delivery > Late", None),
            ("1002", "2026-09-01 13:20:00", "web", "", "Refund", None),
            ("1003", "2026-09-03 03:50:00", "phone", "", "Billing > Late fee", None),
        ],
        TORONTO,
        remarks=("1 row came as earlier states",),
        rejected=((7, "no date"),),
    ),
    Sample(
        "salesforce.csv",
        "salesforce",
        {"read": 9, "new": 3, "rejected": 1, "ignored": 5, "untagged": 1},
        [
            ("00001001", "2026-09-14 07:30:00", "phone", "", "Installation", None),
            ("00001002", "2026-09-03 14:05:00", "email", "", "Billing", None),
            ("00001003", "2026-09-04 22:10:00", "web", "", None, None),
        ],
        BERLIN,
        rejected=((5, "no day of the calendar"),),
    ),
    Sample(
        "connect.jsonl",
        "connect",
        {"read": 9, "new": 5, "rejected": 1, "ignored": 3, "untagged": 1},
        [
            ("c-1", "2026-09-01 08:00:00", "phone", "", "Delivery > Lost", 270),
            ("c-2", "2026-09-01 10:00:00", "phone", "", "Billing", 200),
            ("c-4", "2026-09-01 11:00:00", "phone", "a", None, None),
            ("c-5", "2026-09-01 12:00:00", "chat", "", "Billing", 600),
            ("c-6", "2026-09-01 13:00:00", "phone", "o", "Billing", 100),
        ],
        TORONTO,
        zone_in_file="UTC",
        durations="seconds, added",
        remarks=("3 rows came as earlier states or further legs",),
        rejected=((9, "no record in JSON"),),
    ),
    Sample(
        "genesys.csv",
        "genesys",
        {"read": 5, "new": 4, "rejected": 1, "untagged": 2},
        [
            ("g-1", "2026-09-04 18:05:00", "phone", "", "Late", 272),
            ("g-2", "2026-09-04 04:00:00", "phone", "", "Refund", 600),
            ("g-3", "2026-09-06 03:59:00", "email", "", None, 28_800),
            ("g-4", "2026-09-06 13:00:00", "phone", "o", None, None),
        ],
        TORONTO,
        durations="milliseconds",
        rejected=((6, "which no clock shows"),),
    ),
    Sample(
        "genesys-de.csv",
        "genesys",
        {"read": 2, "new": 2, "untagged": 1},
        [
            ("g-1", "2026-09-04 18:05:00", "phone", "", "Late", 272),
            ("g-9", "2026-09-04 19:05:00", "chat", "o", None, None),
        ],
        TORONTO,
        durations="milliseconds",
        remarks=("says itself that it is not complete",),
    ),
    Sample(
        "freshdesk.csv",
        "freshdesk",
        {"read": 4, "new": 4, "untagged": 1},
        [
            ("51", "2026-09-01 06:15:00", "email", "", "Delivery > Late", 1200),
            ("52", "2026-09-01 07:00:00", "web", "", "Problem", None),
            ("53", "2026-09-02 07:00:00", "phone", "d", "Refund", -300),
            ("54", "2026-09-02 08:00:00", "chat", "d", None, 93_600),
        ],
        BERLIN,
        durations="hours, H:MM",
        remarks=("mixes encodings",),
    ),
    Sample(
        "intercom.json",
        "intercom",
        {"read": 4, "new": 4, "untagged": 2},
        [
            ("31", "2026-09-01 08:00:00", "chat", "", "Delivery", 240),
            ("32", "2026-09-02 08:00:00", "email", "", "Billing", None),
            ("33", "2026-09-03 08:00:00", "social", "d", None, -1),
            ("34", "2026-09-04 08:00:00", "email", "o", None, None),
        ],
        TORONTO,
        zone_in_file="Unix seconds",
        durations="seconds",
    ),
    Sample(
        "intercom.csv",
        "intercom",
        {"read": 2, "new": 2, "untagged": 1},
        [
            ("31", "2026-09-01 08:00:00", "chat", "", "Delivery", 240),
            ("35", "2026-09-05 08:00:00", "phone", "", None, None),
        ],
        TORONTO,
        zone_in_file="UTC, unsaid",
        durations="seconds",
    ),
    Sample(
        "five9.csv",
        "five9",
        {"read": 7, "new": 6, "rejected": 1, "untagged": 4},
        [
            ("300000000000001", "2016-10-27 18:51:34", "phone", "", "Late delivery", 330),
            ("300000000000002", "2016-10-27 19:00:00", "phone", "a", None, None),
            ("300000000000003", "2016-10-27 20:00:00", "phone", "", None, 120),
            ("300000000000004", "2016-10-27 21:00:00", "phone", "o", None, 5),
            ("300000000000005", "2016-10-27 22:00:00", "phone", "o", None, 20),
            ("300000000000006", "2016-10-27 23:00:00", "phone", "d", "Refund", 94_200),
        ],
        TORONTO,
        durations="HH:MM:SS, added",
        rejected=((8, "“four” is no duration"),),
    ),
    Sample(
        "cxone.csv",
        "cxone",
        {"read": 5, "new": 4, "ignored": 1, "untagged": 1},
        [
            ("690", "2026-09-05 13:00:00", "phone", "", "Invoice wrong", None),
            ("701", "2026-09-04 12:15:00", "phone", "", "Invoice wrong", None),
            ("703", "2026-09-05 03:59:59", "email", "", "Address change", None),
            ("704", "2026-09-05 04:00:00", "chat", "", None, None),
        ],
        TORONTO,
        remarks=("1 row came as earlier states or further legs",),
    ),
    Sample(
        "ours.csv",
        "ours",
        {"read": 9, "new": 5, "rejected": 2, "ignored": 2, "untagged": 2},
        [
            ("A1", "2026-09-01 06:00:00", "phone", "", "Delivery > Late", 270),
            ("A2", "2026-09-01 23:30:00", "email", "", "Delivery", None),
            ("A3", "2026-09-02 08:00:00", "chat", "d", None, -1),
            ("A4", "2026-09-02 09:00:00", "phone", "od", "Refund", 93_600),
            ("A5", "2026-09-02 10:00:00", "phone", "a", None, 12),
        ],
        BERLIN,
        zone_in_file="in each time, else of the source",
        durations="seconds",
        remarks=("the first delivery counts",),
        rejected=((8, "1899 is no year of a contact"), (9, "lies in the future")),
    ),
    Sample(
        "311.csv",
        "311",
        {"read": 4, "new": 4},
        [
            ("", "2013-12-31 23:59:59", "phone", "", "Health", None),
            ("", "2014-08-27 10:40:53", "phone", "", "Bylaw Services > Noise", None),
            ("", "2014-08-27 10:40:53", "phone", "", "Bylaw Services > Noise", None),
            ("", "2014-09-01 00:00:00", "phone", "", "Roads Maintenance > Road Travelled Surface", None),
        ],
    ),
]
BY_NAME = {one.name: one for one in ALL}


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


def take_in(database: Database, settings: Settings, name: str) -> Batch:
    sample = BY_NAME[name]
    return import_path(database, settings, SAMPLES / name, source="Desk", timezone=sample.timezone)


def lines(database: Database) -> list[Line]:
    """The contacts as a sample lists them."""
    with database.reading() as session:
        tree = reasons.tree(session)
    return sorted(
        (
            row["external_id"] or "",
            str(row["occurred_at"])[:19],
            row["channel"],
            "o" * (row["direction"] == "outbound")
            + "a" * bool(row["is_abandoned"])
            + "d" * bool(row["is_duration_odd"]),
            None if row["reason_id"] is None else tree.text(row["reason_id"]),
            row["handle_seconds"],
        )
        for row in contacts(database)
    )


@pytest.mark.parametrize("name", BY_NAME)
def test_reconcile(database: Database, settings: Settings, name: str) -> None:
    sample = BY_NAME[name]
    batch = take_in(database, settings, name)
    found = counts(batch)
    assert batch.format == sample.format
    assert found == sample.counts
    assert found["read"] == sum(found.get(part, 0) for part in ("new", "updated", "unchanged", "rejected", "ignored"))
    assert lines(database) == sorted(sample.contacts, key=lambda line: (line[0], line[1]))
    for words in sample.remarks:
        assert any(words in remark.replace("\u00a0", " ") for remark in batch.remarks), batch.remarks
    said = rejected(database, batch.id)
    assert [line for line, _ in said] == [line for line, _ in sample.rejected]
    for (_, sentence), (_, words) in zip(said, sample.rejected, strict=True):
        assert words in sentence
    tell(sample, found)
    again = {"read": found["read"], "unchanged": found["new"]}
    again |= {part: found[part] for part in ("rejected", "ignored") if part in found}
    assert counts(take_in(database, settings, name)) == again


def rejected(database: Database, batch_id: int) -> list[tuple[int, str]]:
    from app.contacts import queries

    with database.reading() as session:
        return [(one.line, one.sentence) for one in queries.rejections(session, batch_id)]


def tell(sample: Sample, found: Mapping[str, int]) -> None:
    """One line of the table that is printed on request."""
    five = " + ".join(f"{found.get(part, 0)} {part}" for part in ("new", "updated", "unchanged", "rejected", "ignored"))
    tagged = found["new"] - found.get("untagged", 0)
    sys.stdout.write(
        f"\n| {sample.name} | {found['read']} = {five} | {sample.zone_in_file} ({sample.timezone}) "
        f"| {sample.durations} | {tagged} tagged, {found.get('untagged', 0)} untagged |"
    )


def test_every_format_of_contacts_has_a_sample_and_is_told_by_its_headers() -> None:
    assert {one.format for one in ALL} == {one.name for one in formats.formats()} - {"export"}
    for sample in ALL:
        file = File(SAMPLES / sample.name, sample.name)
        header = layout_of(file, survey(file), lambda row: max(one.known(row) for one in formats.formats())).header
        mixed = [cell.swapcase().replace("_", "  ") for cell in reversed(header)] + ["Something else"]
        found = formats.recognised(mixed)
        assert found is not None
        assert found.name == sample.format, sample.name


@pytest.fixture
def command(app: Flask) -> Callable[..., dict[str, Any]]:
    """Run flask with these words and read its JSON."""

    def run(*words: str) -> dict[str, Any]:
        result = app.test_cli_runner().invoke(args=[*words, "--json"])
        assert result.exit_code == 0, result.stderr
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    return run


def test_reconcile_totals_and_drivers(command: Callable[..., dict[str, Any]]) -> None:
    totals = command("totals", "import", str(SAMPLES / "totals.csv"), "--source", "Switch", "--every", "day")
    drivers = command("drivers", "import", str(SAMPLES / "drivers.csv"))
    for name, answer in (("totals.csv", totals), ("drivers.csv", drivers)):
        parts = {part: answer[part] for part in ("new", "updated", "unchanged", "rejected", "ignored")}
        assert answer["read"] == sum(parts.values()) == 3
        assert (parts["new"], parts["rejected"]) == (2, 1)
        sys.stdout.write(
            f"\n| {name} | 3 = {' + '.join(f'{count} {part}' for part, count in parts.items())} | days | |"
        )


@pytest.mark.parametrize("name", ["totals.csv", "drivers.csv"])
def test_totals_and_drivers_are_no_contacts_and_the_way_to_theirs_is_said(app: Flask, name: str) -> None:
    words = ["contacts", "import", str(SAMPLES / name), "--source", "Switch"]
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 1
    assert f"or with flask {name[:-4]} import" in result.stderr

"""Contacts that a system delivers again, in any order and in several files; columns that people correct."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from app.db import Database
from tests.contacts.test_samples import BY_NAME, SAMPLES, lines, take_in
from tests.intake_builders import contacts, counts, import_path, make_settings


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


def record(number: str, updated: str, reason: str, **more: Any) -> dict[str, Any]:
    return {
        "ContactId": number,
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": "2026-09-01T08:00:00Z",
        "LastUpdateTimestamp": f"2026-09-01T{updated}:00Z",
        "Channel": "VOICE",
        "Attributes": {"reason_for_call": reason},
        "Agent": {"AgentInteractionDuration": 60},
        **more,
    }


def deliver(database: Database, settings: Settings, *records: dict[str, Any], **choices: Any) -> dict[str, int]:
    path = settings.instance / "records.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return counts(import_path(database, settings, path, source="Connect", **choices))


def reasons_of(database: Database) -> list[str | None]:
    return [line[4] for line in lines(database)]


def test_a_later_state_updates_a_contact_and_an_earlier_one_that_comes_late_is_ignored(
    database: Database, settings: Settings
) -> None:
    assert deliver(database, settings, record("1", "09:00", "Late")) == {"read": 1, "new": 1}
    assert deliver(database, settings, record("1", "10:00", "Lost")) == {"read": 1, "updated": 1}
    assert deliver(database, settings, record("1", "09:30", "Refund")) == {"read": 1, "ignored": 1}
    assert deliver(database, settings, record("1", "10:00", "Lost")) == {"read": 1, "unchanged": 1}
    assert reasons_of(database) == ["Lost"]


def test_a_leg_that_comes_in_a_later_file_does_not_count_again(database: Database, settings: Settings) -> None:
    leg = record("2", "11:00", "Billing", InitialContactId="1", InitiationMethod="TRANSFER")
    assert deliver(database, settings, record("1", "09:00", "Late")) == {"read": 1, "new": 1}
    assert deliver(database, settings, leg) == {"read": 1, "ignored": 1}
    assert reasons_of(database) == ["Late"]


def test_a_leg_that_comes_before_its_first_one_gives_way_to_it(database: Database, settings: Settings) -> None:
    leg = record("2", "11:00", "Billing", InitialContactId="1", InitiationMethod="TRANSFER")
    assert deliver(database, settings, leg) == {"read": 1, "new": 1}
    assert deliver(database, settings, record("1", "09:00", "Late")) == {"read": 1, "updated": 1}
    assert [line[:1] + line[4:] for line in lines(database)] == [("1", "Late", 60)]


@pytest.mark.parametrize("at_once", [1, 2, 4000])
def test_portions_make_no_difference_to_what_counts(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("app.contacts.batches.ROWS_AT_ONCE", at_once)
    take_in(database, settings, "connect.jsonl")
    assert lines(database) == sorted(BY_NAME["connect.jsonl"].contacts)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("salesforce.csv", "salesforce-api.csv", {"read": 2, "new": 1, "updated": 1}),
        ("intercom.json", "intercom.csv", {"read": 2, "new": 1, "updated": 1, "untagged": 1}),
        ("genesys.csv", "genesys-de.csv", {"read": 2, "new": 1, "updated": 1, "untagged": 1}),
    ],
)
def test_another_form_of_the_same_export_finds_its_contacts(
    database: Database, settings: Settings, first: str, second: str, found: dict[str, int]
) -> None:
    take_in(database, settings, first)
    zone = BY_NAME[first].timezone
    assert counts(import_path(database, settings, SAMPLES / second, source="Desk", timezone=zone)) == found


@pytest.mark.parametrize("name", BY_NAME)
def test_no_customer_is_kept_as_text(database: Database, settings: Settings, name: str) -> None:
    take_in(database, settings, name)
    kept = "\n".join(str(row["attributes"]) + str(row["note"]) for row in contacts(database))
    for text in ("@mail.example", "613555014", "+1613", "Ana", "4111"):
        assert text not in kept, name


def test_where_several_attributes_may_be_the_reason_it_is_asked_for(database: Database, settings: Settings) -> None:
    one = record("1", "09:00", "Late", Attributes={"flow": "Main", "lang": "de"})
    path = settings.instance / "records.jsonl"
    path.write_text(json.dumps(one), encoding="utf-8")
    batch = import_path(database, settings, path, source="Connect")
    assert counts(batch) == {"read": 1, "new": 1, "untagged": 1}
    assert any("“Attributes.flow”, “Attributes.lang”" in remark for remark in batch.remarks)
    mapping = {
        "format": "connect",
        "columns": {
            "external_id": "ContactId",
            "occurred_at": "InitiationTimestamp",
            "direction": "InitiationMethod",
            "channel": "Channel",
            "reason": "Attributes.flow",
            "handle_seconds": "Agent.AgentInteractionDuration",
        },
    }
    assert deliver(database, settings, one, mapping=mapping) == {"read": 1, "updated": 1}
    older = record("1", "08:30", "x", Attributes={"flow": "Old"})
    assert deliver(database, settings, older, mapping=mapping) == {"read": 1, "ignored": 1}, "what it knows still holds"
    assert reasons_of(database) == ["Main"]


def test_a_file_mostly_in_windows_letters_is_read_letter_by_letter(database: Database, settings: Settings) -> None:
    header = "Ticket ID,Created Time,Type,Subject\n"
    rows = [f"{number},2026-09-01 10:00,Rückgabe,Grüße\n".encode("cp1252") for number in range(5)]
    path = settings.instance / "tickets.csv"
    path.write_bytes(header.encode() + b"".join(rows) + "9,2026-09-02 10:00,Rückgabe,€ Größe\n".encode())
    assert counts(import_path(database, settings, path)) == {"read": 6, "new": 6}
    assert {line[4] for line in lines(database)} == {"Rückgabe"}
    assert {row["note"] for row in contacts(database)} == {"Grüße", "€ Größe"}


def test_a_long_file_of_records_is_read_as_a_short_one(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.contacts.apart.WORTH_BYTES", 0)
    for name in ("connect.jsonl", "cxone.csv"):
        sample = BY_NAME[name]
        batch = take_in(database, settings, name)
        assert counts(batch) == sample.counts
        assert any("further legs" in remark for remark in batch.remarks)

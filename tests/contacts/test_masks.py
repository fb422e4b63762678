"""Phone numbers and e-mail addresses are masked before they are stored, where it was decided so."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import actions
from app.contacts.privacy.actions import decide
from app.contacts.privacy.rules import Decided
from app.contacts.redaction import EMAIL, PHONE, Masks
from app.db import Database
from app.people.tables import AuditEntry
from app.values.errors import Refused
from tests.builders import TESTER
from tests.intake_builders import LEAD, NOW, contacts, counts, import_rows, make_line, make_settings

BOTH = Masks(phones=True, emails=True)
HEADER = ("external_id", "occurred_at", "channel", "reason", "customer", "handle_seconds", "note", "Phone", "Order")


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return make_settings(database, tmp_path)


def set_masks(database: Database, **decided: Any) -> None:
    wanted = Decided(**{"masks_phones": True, "masks_emails": True, "phone_region": "CA", **decided})
    database.write(lambda session: decide(session, wanted, by=TESTER, at=NOW))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("call 416-555-0123, please", f"call {PHONE}, please"),
        ("(416) 555-0123 or 613.580.2400", f"{PHONE} or {PHONE}"),
        ("+49 (0)30 1234567", PHONE),
        ("from 00493012345678 today", f"from {PHONE} today"),
        ("tel:+14165550123", f"tel:{PHONE}"),
        ("Ada <a.b+c@mail.example.com>, j@x.de.", f"Ada <{EMAIL}>, {EMAIL}."),
        ("jörg@müller.example", EMAIL),
        ("on 2026-09-14 at 10:40:53", "on 2026-09-14 at 10:40:53"),
        ("invoice 12345678 of 1,234,567.89", "invoice 12345678 of 1,234,567.89"),
        ("order 4165550123", "order 4165550123"),
        ("@home, 3 @ 5", "@home, 3 @ 5"),
        (f"{PHONE} {EMAIL} [card ending 1111]", f"{PHONE} {EMAIL} [card ending 1111]"),
    ],
)
def test_what_reaches_a_customer_is_masked_and_other_numbers_stay(before: str, after: str) -> None:
    assert BOTH.text(before) == after


def test_digits_alone_are_a_phone_number_where_the_region_dials_them() -> None:
    assert Masks(phones=True, region="CA").text("ring 4165550123") == f"ring {PHONE}"


@pytest.mark.parametrize(
    ("name", "value", "after"),
    [("Phone", "4165550123", PHONE), ("Order", "4165550123", "4165550123"), ("Order", "416-555-0123", PHONE)],
)
def test_an_attribute_of_digits_alone_is_a_phone_number_where_its_name_says_so(
    name: str, value: str, after: str
) -> None:
    assert Masks(phones=True, region="CA").attribute(name, value) == after


def test_a_mask_that_is_off_leaves_everything() -> None:
    said = "a@mail.example 416-555-0123"
    assert Masks().text(said) == said
    assert Masks(emails=True).text(said) == f"{EMAIL} 416-555-0123"
    assert Masks(phones=True).text(said) == f"a@mail.example {PHONE}"


@given(st.text(st.sampled_from("0123456789+-() .@axé/\n"), max_size=60))
def test_masked_again_a_text_stays_as_it_is(said: str) -> None:
    once = BOTH.text(said)
    assert BOTH.text(once) == once


@pytest.mark.parametrize("said", ["a" * 100_000 + "@", "(0" * 40_000, "1 " * 40_000, "+1 " * 30_000])
def test_a_long_text_without_end_is_masked_in_time(said: str) -> None:
    assert isinstance(BOTH.text(said), str)


def test_a_file_comes_in_masked_and_brings_nothing_new_however_the_switch_stands(
    database: Database, settings: Settings
) -> None:
    rows = [
        [*make_line(1, note="ask a@mail.example or 416-555-0123"), "4165550123", "4165550123"],
        [*make_line(2, external_id="", note="416-555-0123"), "", ""],
        [*make_line(3, note="nothing"), "", ""],
    ]
    set_masks(database)
    assert counts(import_rows(database, settings, rows, header=HEADER))["new"] == 3
    found = {row["note"]: row["attributes"] for row in contacts(database)}
    assert set(found) == {f"ask {EMAIL} or {PHONE}", PHONE, "nothing"}
    kept = found[f"ask {EMAIL} or {PHONE}"]
    assert PHONE in str(kept)
    assert "4165550123" in str(kept)
    for is_on in (True, False):
        set_masks(database, masks_phones=is_on, masks_emails=is_on)
        assert counts(import_rows(database, settings, rows, header=HEADER)) == {"read": 3, "unchanged": 3}


def test_a_rejected_row_is_kept_masked_where_the_note_stands_and_can_still_be_corrected(
    database: Database, settings: Settings
) -> None:
    set_masks(database)
    row = make_line(1, occurred_at="soon", customer="a@mail.example", note="a@mail.example")
    import_rows(database, settings, [row, make_line(2)])
    with database.reading() as session:
        (kept,) = session.scalars(text("select row from import_reject"))
    assert EMAIL in str(kept)
    assert "a@mail.example" in str(kept)  # the customer, without whom it could not come in again


def test_a_logged_and_a_corrected_contact_are_masked_too(database: Database, settings: Settings) -> None:
    import uuid

    set_masks(database)
    key = uuid.uuid4()
    told = actions.Told(NOW, "phone", note="write to a@mail.example")
    database.write(lambda session: actions.log_contact(session, settings, key, told, None, by=LEAD, at=NOW))
    assert contacts(database)[0]["note"] == f"write to {EMAIL}"
    told = actions.Told(NOW, "phone", note="ring 416-555-0123")
    database.write(lambda session: actions.correct(session, settings, key, told, seen_number=0, by=LEAD, at=NOW))
    assert contacts(database)[0]["note"] == f"ring {PHONE}"


def test_a_decision_is_in_the_trail_once(session: Session) -> None:
    for _ in range(2):
        decide(session, Decided(masks_phones=True, kept_months=24), by=TESTER, at=NOW)
    (entry,) = [one for one in session.query(AuditEntry) if one.action == "privacy.set"]
    assert (entry.before or {})["kept_months"] is None
    assert (entry.after or {})["kept_months"] == 24


@pytest.mark.parametrize("decided", [Decided(kept_months=0), Decided(kept_months=601), Decided(phone_region="Canada")])
def test_what_cannot_be_decided_is_refused(session: Session, decided: Decided) -> None:
    with pytest.raises(Refused, match=r"kept for 1 to 600|no country"):
        decide(session, decided, by=TESTER, at=NOW)

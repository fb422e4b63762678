import csv
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.contacts import export, listing
from app.contacts.export import Reading
from app.contacts.listing import Filter
from app.contacts.tables import ContactReason
from app.reasons.queries import tree
from tests.builders import AT, make_contact, make_reason


def exported(session: Session, chosen: Filter = Filter()) -> list[dict[str, str]]:  # noqa: B008  (it is frozen)
    reading = Reading(tree(session), ZoneInfo("Europe/Berlin"))
    text = "".join([export.header(), *export.lines(session, chosen, reading)])
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_the_export_holds_the_rows_of_the_list_in_its_order(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "CHUNK", 3)
    for number in range(10):
        make_contact(session, channel="phone" if number % 2 else "email", occurred_at=AT - timedelta(minutes=number))
    chosen = Filter(channel="phone")
    on_screen = [row.external_id for row in listing.page(session, chosen)]
    assert [row["external_id"] for row in exported(session, chosen)] == on_screen
    assert len(on_screen) == 5


def test_a_row_carries_paths_of_reasons_local_time_and_attributes(session: Session) -> None:
    top = make_reason(session, "Delivery")
    main, further = make_reason(session, "Late", parent=top), make_reason(session, "Rude driver")
    contact = make_contact(
        session, reason=main, queue="Orders", handle_seconds=61, note="a, b", attributes={"area": "Orléans"}
    )
    session.add(ContactReason(contact_id=contact.id, reason_id=further.id))
    session.flush()
    assert exported(session) == [
        {
            "external_id": contact.external_id,
            "occurred_at": "2026-09-14T11:30:00+02:00",
            "channel": "phone",
            "reason": "Delivery > Late",
            "further_reasons": "Rude driver",
            "queue": "Orders",
            "handle_seconds": "61",
            "direction": "inbound",
            "abandoned": "no",
            "note": "a, b",
            "source": "Test source",
            "attributes": '{"area": "Orléans"}',
            "tracker_id": str(contact.id),
        }
    ]


def test_a_note_that_starts_a_formula_is_made_harmless_on_the_way_out_only(session: Session) -> None:
    contact = make_contact(session, note="=1+1")
    assert exported(session)[0]["note"] == "'=1+1"
    session.refresh(contact)
    assert contact.note == "=1+1"


def test_nothing_found_exports_the_header_alone(session: Session) -> None:
    assert exported(session) == []

"""Contacts that programs send: taken in once, by the rules of every door, and answered item by item."""

import io
import json
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.contacts.tables import Contact, ContactChange, ImportBatch, Source, TotalledDay, TouchedDay
from app.counting.tables import DailyTotal
from app.db import Database
from app.people.tables import AuditEntry
from app.reasons import queries as reasons
from tests.builders import AT, make_source
from tests.web.programs.conftest import Program, a_contact

COUNTS = ("read", "new", "updated", "unchanged", "rejected", "ignored", "untagged")


def counts(answer: Any) -> tuple[int, ...]:
    """The five-way count and the untagged of an answer."""
    found = tuple(answer.json[name] for name in COUNTS)
    assert found[0] == sum(found[1:6])
    return found


def kept(database: Database) -> list[Contact]:
    with database.reading() as session:
        return list(session.scalars(select(Contact).order_by(Contact.external_id)))


def entries(database: Database, action: str) -> list[AuditEntry]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_one_contact_is_taken_in_by_the_rules_of_every_door(program: Program, database: Database) -> None:
    sent = a_contact(
        occurred_at="2026-09-14T00:30:00-04:00",
        channel="email",
        reason="Delivery > Late",
        queue="Orders",
        customer="(613) 555-0123",
        handle_seconds=300,
        note="My card is 4111 1111 1111 1111.",
        attributes={"region": "North", "empty": ""},
    )
    answer = program.send(sent)
    assert (answer.status_code, counts(answer)) == (201, (1, 1, 0, 0, 0, 0, 0))
    (contact,) = kept(database)
    (item,) = answer.json["items"]  # type: ignore[index]
    assert item == {"index": 0, "status": "new", "external_id": "C-1", "id": str(contact.id), "errors": []}
    assert (contact.occurred_at.isoformat(), contact.day) == ("2026-09-14T04:30:00+00:00", date(2026, 9, 14))
    assert (contact.channel, contact.queue, contact.handle_seconds) == ("email", "Orders", 300)
    assert contact.note == "My card is [card ending 1111]."
    assert contact.attributes == {"region": "North"}
    assert contact.customer_key is not None
    assert b"613" not in contact.customer_key
    with database.reading() as session:
        assert reasons.tree(session).text(contact.reason_id or 0) == "Delivery > Late"
        total = session.scalars(select(DailyTotal)).one()
        assert (total.day, total.handled, session.scalar(select(func.count()).select_from(TouchedDay))) == (
            date(2026, 9, 14),
            1,
            0,
        )


def test_the_same_request_twice_brings_nothing_new(program: Program, database: Database) -> None:
    sent = [a_contact(number, reason="Late") for number in range(3)]
    assert counts(program.send(sent)) == (3, 3, 0, 0, 0, 0, 0)
    again = program.send(sent)
    assert (again.status_code, counts(again)) == (200, (3, 0, 0, 3, 0, 0, 0))
    assert len(kept(database)) == 3
    (entry,) = entries(database, "contacts.received")
    assert (entry.by_name, entry.after and entry.after["new"]) == ("token Switch", 3)


def test_what_changed_is_updated_and_what_it_was_is_kept(program: Program, database: Database) -> None:
    program.send(a_contact(queue="Orders"))
    answer = program.send([a_contact(queue="Billing"), a_contact(2)])
    assert counts(answer) == (2, 1, 1, 0, 0, 0, 1)
    assert [item["status"] for item in answer.json["items"]] == ["updated", "new"]  # type: ignore[index]
    assert [one.queue for one in kept(database)] == ["Billing", None]
    with database.reading() as session:
        change = session.scalars(select(ContactChange)).one()
    assert (change.by_name, change.before["queue"]) == ("token Switch", "Orders")


def test_a_bad_item_among_a_thousand_stops_none_of_the_others(program: Program, database: Database) -> None:
    sent = [a_contact(number) for number in range(1000)]
    sent[500]["channel"] = "fax"
    answer = program.send(sent)
    assert (answer.status_code, counts(answer)) == (201, (1000, 999, 0, 0, 1, 0, 999))
    bad = answer.json["items"][500]  # type: ignore[index]
    assert (bad["index"], bad["status"], bad["id"], bad["external_id"]) == (500, "rejected", None, "C-500")
    (fault,) = bad["errors"]
    assert (fault["field"], fault["detail"][:14]) == ("channel", "It is none of ")
    assert len(kept(database)) == 999
    assert len(entries(database, "contacts.received")) == 1
    assert counts(program.send(sent)) == (1000, 0, 0, 999, 1, 0, 0)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"occurred_at": "1899-12-31T23:59:59Z"}, "occurred_at", "1899 is no year of a contact"),
    ({"occurred_at": "2099-01-01T00:00:00Z"}, "occurred_at", "lies in the future"),
    ({"occurred_at": "2026-02-30T00:00:00Z"}, "occurred_at", "no day of the calendar"),
    ({"occurred_at": "2026-09-14T09:00:00"}, "occurred_at", "as RFC 3339 writes it"),
    ({"occurred_at": "2026-09-14"}, "occurred_at", "as RFC 3339 writes it"),
    ({"occurred_at": "1789376400"}, "occurred_at", "as RFC 3339 writes it"),
    ({"occurred_at": 1789376400}, "occurred_at", "It is no text."),
    ({"occurred_at": None}, "occurred_at", "It is no text."),
    ({"reason": "A > B > C > D"}, "reason", "has 4 levels"),
    ({"reason": "x" * 201}, "reason", "200"),
    ({"further_reasons": ["A > B > C > D"]}, "further_reasons", "has 4 levels"),
    ({"further_reasons": ["A;B"]}, "further_reasons/0", "cannot be kept there"),
    ({"further_reasons": ["A"] * 21}, "further_reasons", "It holds more than 20."),
    ({"channel": "fax"}, "channel", "It is none of"),
    ({"direction": "sideways"}, "direction", "It is none of"),
    ({"handle_seconds": 10**30}, "handle_seconds", "It is more than"),
    ({"handle_seconds": -(10**4000)}, "handle_seconds", "It is less than"),
    ({"handle_seconds": 1.5}, "handle_seconds", "It is no whole number."),
    ({"handle_seconds": "300"}, "handle_seconds", "It is no whole number."),
    ({"handle_seconds": True}, "handle_seconds", "It is no whole number."),
    ({"abandoned": "yes"}, "abandoned", "neither true nor false"),
    ({"abandoned": 1}, "abandoned", "neither true nor false"),
    ({"note": "a\0b"}, "note", "cannot be kept there"),
    ({"queue": "\0"}, "queue", "cannot be kept there"),
    ({"attributes": {"a\0": "b"}}, "attributes/a\0/[key]", "cannot be kept there"),
    ({"attributes": {"a": 5}}, "attributes/a", "It is no text."),
    ({"attributes": {f"a{number}": "b" for number in range(51)}}, "attributes", "It holds more than 50."),
    ({"external_id": ""}, "external_id", "It is empty"),
    ({"external_id": " "}, "external_id", "It is empty"),
    ({"external_id": "x" * 201}, "external_id", "longer than 200"),
    ({"external_id": 7}, "external_id", "It is no text."),
    ({"source": "A:B"}, "source", "holds a colon"),
    ({"source": "\u200b"}, "source", "Name the system"),
    ({"colour": "red"}, "colour", "There is no such field."),
]


def test_what_cannot_be_a_contact_is_rejected_with_its_field_and_a_sentence(
    program: Program, database: Database
) -> None:
    bad = [{**a_contact(number), **fields} for number, (fields, _, _) in enumerate(BAD)]
    answer = program.send([a_contact("good"), *bad])
    assert (answer.status_code, counts(answer)[:6]) == (201, (len(BAD) + 1, 1, 0, 0, len(BAD), 0))
    told = [item["errors"] for item in answer.json["items"][1:]]  # type: ignore[index]
    assert [[one["field"] for one in errors] for errors in told] == [[field] for _, field, _ in BAD]
    assert [sentence for (_, _, sentence), (one,) in zip(BAD, told, strict=True) if sentence not in one["detail"]] == []
    assert [one.external_id for one in kept(database)] == ["C-good"]


def test_a_request_of_which_nothing_fits_is_a_problem_that_says_why(program: Program, database: Database) -> None:
    answer = program.send(a_contact(channel="fax"))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert counts(answer) == (1, 0, 0, 0, 1, 0, 0)
    assert answer.json["items"][0]["errors"][0]["field"] == "channel"  # type: ignore[index]
    assert kept(database) == []
    assert entries(database, "contacts.received") == []


BODIES = [
    (b"", 411),
    (b"{", 400),
    (b"[1,]", 400),
    (b"\xff\xfe", 400),
    (b'["\\ud800"]', 400),
    (b"[" * 100_000, 400),
    (b"null", 422),
    (b'"text"', 422),
    (b"1e999", 422),
    (b"{}", 422),
    (json.dumps([a_contact(number) for number in range(1001)]).encode(), 413),
    (b" " * 4_000_001, 413),
]


def test_a_body_that_holds_no_contacts_is_refused_whole(program: Program, database: Database) -> None:
    for body, status in BODIES:
        answer = program.send_bytes(body)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), body[:20]
    assert kept(database) == []


def test_a_request_says_how_long_it_is(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Transfer-Encoding": "chunked"}
    answer = program.client.post(
        "/api/v1/contacts",
        input_stream=io.BytesIO(json.dumps(a_contact()).encode()),
        content_type="application/json",
        headers=headers,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.mimetype) == (411, "application/problem+json")


def test_an_empty_list_is_taken_in_without_a_word_to_the_trail(program: Program, database: Database) -> None:
    answer = program.send([])
    assert (answer.status_code, counts(answer)) == (200, (0,) * 7)
    assert entries(database, "contacts.received") == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_is_not_called_json_is_not_read(program: Program, kind: str) -> None:
    assert program.send_bytes(json.dumps(a_contact()).encode(), kind).status_code == 415


def test_of_a_number_that_comes_twice_in_a_request_the_first_counts(program: Program, database: Database) -> None:
    answer = program.send([a_contact(queue="Orders"), a_contact(queue="Billing")])
    assert counts(answer) == (2, 1, 0, 0, 0, 1, 1)
    assert [item["status"] for item in answer.json["items"]] == ["new", "ignored"]  # type: ignore[index]
    assert [one.queue for one in kept(database)] == ["Orders"]


def test_sources_are_told_apart_and_made_once(program: Program, database: Database) -> None:
    answer = program.send([a_contact(source="One"), a_contact(source=" Two "), a_contact(source="Two")])
    assert counts(answer) == (3, 2, 0, 0, 0, 1, 2)
    with database.reading() as session:
        assert list(session.scalars(select(Source.name).order_by(Source.name))) == ["One", "Two"]
    many = program.send([a_contact(source=f"Source {number}") for number in range(21)])
    assert counts(many) == (21, 20, 0, 0, 1, 0, 20)


def test_a_source_keeps_the_time_zone_that_its_files_have(program: Program, database: Database) -> None:
    database.write(lambda session: make_source(session, "Switch", timezone="Asia/Tokyo"))
    assert program.send(a_contact()).status_code == 201
    with database.reading() as session:
        assert session.scalars(select(Source.timezone)).all() == ["Asia/Tokyo"]


def test_an_unknown_reason_waits_where_the_program_says_so(program: Program, database: Database) -> None:
    assert counts(program.send(a_contact(reason="Late"), "/contacts?new_reasons=wait")) == (1, 1, 0, 0, 0, 0, 1)
    with database.reading() as session:
        assert reasons.tree(session).nodes == {}
        assert [one.value for one in reasons.unmapped_raw_values(session)] == ["Late"]
    assert program.send(a_contact(2), "/contacts?new_reasons=maybe").status_code == 422


def test_a_day_for_which_the_source_gave_totals_takes_no_contact(program: Program, database: Database) -> None:
    source = database.write(lambda session: make_source(session, "Switch"))
    database.write(lambda session: session.add(TotalledDay(source_id=source.id, day=date(2026, 9, 13))))
    answer = program.send([a_contact(1, occurred_at="2026-09-13T12:00:00Z"), a_contact(2)])
    assert counts(answer) == (2, 1, 0, 0, 1, 0, 1)
    assert "gave totals for" in answer.json["items"][0]["errors"][0]["detail"]  # type: ignore[index]


def test_while_an_import_of_the_source_is_undone_a_program_waits(program: Program, database: Database) -> None:
    source = database.write(lambda session: make_source(session, "Switch"))
    batch = {"file_name": "a.csv", "byte_count": 1, "sha256": "0", "format": "", "decided": {}, "made_by": "x"}
    database.write(
        lambda session: session.add(ImportBatch(source_id=source.id, state="undoing", made_at=AT, moved_at=AT, **batch))
    )
    answer = program.send(a_contact())
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert "is being undone" in answer.json["detail"]  # type: ignore[index]
    assert kept(database) == []


def test_two_requests_with_the_same_contacts_at_once_make_each_once(
    new_program: Callable[..., Program], database: Database
) -> None:
    sent = [a_contact(number, reason=f"Reason {number % 5}") for number in range(200)]
    programs = [new_program(name=f"Program {number}") for number in range(4)]
    answers: list[Any] = [None] * len(programs)
    gate = threading.Barrier(len(programs))

    def send(place: int) -> None:
        gate.wait()
        answers[place] = programs[place].send(sent)

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(programs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts(answer)[:4] for answer in answers) == [(200, 0, 0, 200)] * 3 + [(200, 200, 0, 0)]
    assert len(kept(database)) == 200
    with database.reading() as session:
        assert session.scalar(select(func.sum(DailyTotal.handled))) == 200
        assert len(reasons.tree(session).nodes) == 5


def test_a_day_ahead_is_taken_and_two_are_not(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    ahead = [(AT + timedelta(hours=hours)).isoformat() for hours in (24, 25)]
    answer = program.send([a_contact(number, occurred_at=moment) for number, moment in enumerate(ahead)])
    assert counts(answer) == (2, 1, 0, 0, 1, 0, 1)

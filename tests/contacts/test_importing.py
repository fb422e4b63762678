"""Files taken in: what is new, what changed, what stays as it is; on both engines."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.config import Settings
from app.contacts import batches, importing, queries
from app.contacts.files import File
from app.contacts.opening import look
from app.contacts.rules import Choices
from app.contacts.tables import Contact, ContactChange
from app.db import Database
from app.people.tables import AuditEntry
from app.reasons import queries as reasons
from app.tagging import actions as tagging
from app.values.errors import Refused
from tests.intake_builders import (
    HEADER,
    LEAD,
    NOW,
    contacts,
    contents,
    counts,
    import_path,
    import_rows,
    make_file,
    make_line,
    make_settings,
)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


def reason_texts(database: Database) -> list[str | None]:
    """The reasons of all contacts, by time."""
    with database.reading() as session:
        tree = reasons.tree(session)
    return [None if row["reason_id"] is None else tree.text(row["reason_id"]) for row in contacts(database)]


def test_every_row_of_a_file_is_counted_and_kept_as_it_was_said(database: Database, settings: Settings) -> None:
    row = make_line(1, occurred_at="2026-09-01T23:30:00-04:00", handle_seconds="312", note="Card 4111 1111 1111 1111")
    batch = import_rows(database, settings, [row])
    assert counts(batch) == {"read": 1, "new": 1}
    assert (batch.format, str(batch.first_day), str(batch.last_day)) == ("ours", "2026-09-02", "2026-09-02")
    with database.reading() as session:
        contact = session.scalars(select(Contact)).one()
    assert contact.occurred_at.isoformat() == "2026-09-02T03:30:00+00:00"
    assert (contact.channel, contact.direction, contact.is_abandoned) == ("email", "inbound", False)
    assert (contact.handle_seconds, contact.is_duration_odd) == (312, False)
    assert contact.note == "Card [card ending 1111]"
    assert contact.customer_key is not None
    assert len(contact.customer_key) == 16
    assert contact.batch_id == batch.id
    assert reason_texts(database) == ["Delivery > Lost"]


def test_a_file_imported_twice_adds_nothing(database: Database, settings: Settings) -> None:
    rows = [make_line(number) for number in range(30)]
    assert counts(import_rows(database, settings, rows)) == {"read": 30, "new": 30}
    before = contents(database)
    assert counts(import_rows(database, settings, rows)) == {"read": 30, "unchanged": 30}
    assert contents(database) == before


def test_the_order_of_rows_and_columns_and_the_case_of_headers_make_no_difference(
    database: Database, settings: Settings
) -> None:
    rows = [make_line(number) for number in range(30)]
    import_rows(database, settings, rows)
    turned = [row[::-1] for row in reversed(rows)]
    again = import_rows(database, settings, turned, header=[name.upper() for name in reversed(HEADER)])
    assert counts(again) == {"read": 30, "unchanged": 30}


def test_twins_in_a_file_stay_two_and_the_same_rows_next_month_stay_one(database: Database, settings: Settings) -> None:
    header = ("occurred_at", "reason")
    twins = [("2026-08-31T10:00:00Z", "Late")] * 3 + [("2026-08-31T11:00:00Z", "Late")]
    assert counts(import_rows(database, settings, twins, header=header)) == {"read": 4, "new": 4}
    september = [("2026-09-01T10:00:00Z", "Late"), *twins[:2], *twins[3:]]
    assert counts(import_rows(database, settings, september, header=header)) == {"read": 4, "new": 1, "unchanged": 3}
    assert len(contacts(database)) == 5


def test_of_a_number_that_comes_twice_in_a_file_the_first_delivery_counts(
    database: Database, settings: Settings
) -> None:
    rows = [make_line(1, note="first"), make_line(2), make_line(1, note="second"), make_line(1, note="first")]
    batch = import_rows(database, settings, rows)
    assert counts(batch) == {"read": 4, "new": 2, "ignored": 2}
    assert {row["note"] for row in contacts(database)} == {"first", None}
    assert any("number of an earlier row" in remark for remark in batch.remarks)


def test_a_newer_version_updates_a_contact_and_keeps_what_it_was(database: Database, settings: Settings) -> None:
    import_rows(database, settings, [make_line(1), make_line(2)])
    newer = make_line(1, reason="Billing", note="called again", occurred_at="2026-09-05T10:00:00Z")
    batch = import_rows(database, settings, [newer, make_line(2)])
    assert counts(batch) == {"read": 2, "updated": 1, "unchanged": 1}
    changed = next(row for row in contacts(database) if row["external_id"] == "C-1")
    assert changed["note"] == "called again"
    assert sorted(text or "" for text in reason_texts(database)) == ["Billing", "Billing"]
    (change,) = contents(database)["contact_change"]
    assert change["batch_id"] == batch.id
    totals = {(str(row["day"]), row["handled"]) for row in contents(database)["daily_total"]}
    assert totals == {("2026-09-03", 1), ("2026-09-05", 1)}, "the day that it left is counted again, too"


def test_a_reason_that_a_person_gave_survives_the_same_value_coming_again(
    database: Database, settings: Settings
) -> None:
    import_rows(database, settings, [make_line(0), make_line(2)])
    with database.reading() as session:
        contact_id = session.scalars(select(Contact.id).where(Contact.external_id == "C-0")).one()
        old = session.get_one(Contact, contact_id).reason_id
        billing = next(node.id for node in reasons.tree(session).nodes.values() if node.name == "Billing")
    database.write(lambda session: tagging.tag(session, contact_id, billing, by=LEAD, at=NOW, instead_of=old))
    import_rows(database, settings, [make_line(0, note="newer")])
    assert reason_texts(database) == ["Billing", "Billing"]
    import_rows(database, settings, [make_line(0, reason="")])
    assert reason_texts(database) == ["Billing", "Billing"], "a delivery without a reason takes none away"
    import_rows(database, settings, [make_line(0, reason="Delivery > Lost")])
    assert reason_texts(database)[0] == "Delivery > Lost", "the source itself calls it otherwise now"


def test_unknown_reasons_are_made_and_the_same_path_is_the_same_reason(database: Database, settings: Settings) -> None:
    import_rows(
        database, settings, [make_line(1, reason="Delivery > Late"), make_line(2, reason=" Delivery  >  Late ")]
    )
    import_rows(database, settings, [make_line(1, reason="delivery > LATE")], source="Help desk")
    with database.reading() as session:
        tree = reasons.tree(session)
        assert sorted(tree.text(reason_id) for reason_id in tree.nodes) == ["Delivery", "Delivery > Late"]


def test_without_new_reasons_unknown_values_wait_and_their_contacts_are_untagged(
    database: Database, settings: Settings
) -> None:
    batch = import_rows(database, settings, [make_line(1), make_line(2)], creates_reasons=False)
    assert counts(batch) == {"read": 2, "new": 2, "untagged": 2}
    with database.reading() as session:
        assert [raw.value for raw in reasons.unmapped_raw_values(session)] == ["Billing", "Delivery > Lost"]
        assert reasons.tree(session).nodes == {}
    assert all(row["raw_reason_id"] and row["reason_id"] is None for row in contacts(database))


def test_outbound_and_abandoned_contacts_are_new_and_flagged(database: Database, settings: Settings) -> None:
    header = ("occurred_at", "direction", "abandoned")
    rows = [("2026-09-01 10:00", "Outbound", ""), ("2026-09-01 11:00", "", "yes"), ("2026-09-01 12:00", "in", "0")]
    batch = import_rows(database, settings, rows, header=header)
    assert counts(batch) == {"read": 3, "new": 3, "untagged": 3}
    assert [(row["direction"], bool(row["is_abandoned"])) for row in contacts(database)] == [
        ("outbound", False),
        ("inbound", True),
        ("inbound", False),
    ]
    (total,) = contents(database)["daily_total"]
    assert (total["handled"], total["abandoned"], total["outbound"]) == (1, 1, 1)


def test_odd_durations_are_kept_flagged_and_left_out_of_averages(database: Database, settings: Settings) -> None:
    rows = [make_line(0, external_id=str(n), handle_seconds=text) for n, text in enumerate(["-5", "28800", "28801"])]
    import_rows(database, settings, rows)
    found = {row["handle_seconds"]: bool(row["is_duration_odd"]) for row in contacts(database)}
    assert found == {-5: True, 28800: False, 28801: True}
    (total,) = contents(database)["daily_total"]
    assert (total["timed"], total["handle_seconds"]) == (1, 28800)


def test_further_reasons_are_kept_beside_the_main_one(database: Database, settings: Settings) -> None:
    header = ("occurred_at", "reason", "further_reasons")
    import_rows(database, settings, [("2026-09-01 10:00", "Late", "Billing; Delivery > Lost;Billing")], header=header)
    with database.reading() as session:
        tree = reasons.tree(session)
    found = [tree.text(row["reason_id"]) for row in contents(database)["contact_reason"]]
    assert sorted(found) == ["Billing", "Delivery > Lost"]


def test_other_columns_become_attributes_and_blank_ones_are_left_out(database: Database, settings: Settings) -> None:
    header = ("creation_date", "call_type", "call_description", "Ward", "maintenance_yard", "priority_name", "File", "")
    rows = [("2014-Aug-27 10:40:53", "Roads", "", " Ward 12", "", "CC PHONE", "Aug.csv", "7")]
    batch = import_rows(database, settings, rows, header=header)
    assert batch.format == "311"
    with database.reading() as session:
        contact = session.scalars(select(Contact)).one()
    assert contact.attributes == {"Ward": "Ward 12"}
    assert contact.channel == "phone"
    assert reason_texts(database) == ["Roads"]


def test_of_columns_with_the_same_header_the_first_counts_and_that_is_said(
    database: Database, settings: Settings
) -> None:
    header = ("occurred_at", "note", "Occurred at", "Ward", "Ward")
    batch = import_rows(database, settings, [("2026-09-01 10:00", "", "2026-09-02 10:00", "1", "2")], header=header)
    with database.reading() as session:
        contact = session.scalars(select(Contact)).one()
    assert contact.attributes == {"Occurred at": "2026-09-02 10:00", "Ward": "1", "Ward (2)": "2"}
    said = [remark for remark in batch.remarks if "Several columns" in remark]
    assert said == [
        "Several columns are called “occurred_at”: the first is when it came, the others are kept as attributes."
    ]


MAPPING = {
    "columns": {"occurred_at": ["Date", "Time"], "reason": ["Product", "Issue"], "external_id": "Complaint ID"},
    "constants": {"channel": "letter"},
    "ignore": ["Zip"],
}
COMPLAINTS = ("Complaint ID", "Date", "Time", "Product", "Issue", "Zip", "State")


def test_any_file_is_taken_in_through_a_mapping(database: Database, settings: Settings) -> None:
    rows = [("77", "31/08/2026", "14:05", "Card", "Fees", "12345", "NY")]
    batch = import_rows(database, settings, rows, header=COMPLAINTS, mapping=MAPPING, timezone="America/New_York")
    assert (batch.format, counts(batch)) == ("mapping", {"read": 1, "new": 1})
    with database.reading() as session:
        contact = session.scalars(select(Contact)).one()
    assert (contact.external_id, contact.channel, contact.attributes) == ("77", "letter", {"State": "NY"})
    assert contact.occurred_at.isoformat() == "2026-08-31T18:05:00+00:00"
    assert reason_texts(database) == ["Card > Fees"]


def test_the_time_zone_is_chosen_once_for_a_source(database: Database, settings: Settings) -> None:
    header = ("external_id", "occurred_at")
    import_rows(database, settings, [("1", "2026-09-01 10:00")], header=header, timezone="Europe/Berlin")
    import_rows(database, settings, [("2", "2026-09-01 10:00")], header=header)
    assert len({str(row["occurred_at"]) for row in contacts(database)}) == 1
    with database.reading() as session:
        assert [one.timezone for one in queries.sources(session)] == ["Europe/Berlin"]


def test_the_same_rows_of_two_sources_are_contacts_of_both(database: Database, settings: Settings) -> None:
    rows = [make_line(1)]
    import_rows(database, settings, rows, source="Switch")
    assert counts(import_rows(database, settings, rows, source="Help desk")) == {"read": 1, "new": 1}


def test_rejected_rows_are_kept_with_their_line_and_a_sentence(database: Database, settings: Settings) -> None:
    rows = [
        make_line(1),
        make_line(2, occurred_at="31/11/2026 09:20"),
        make_line(3, channel="carrier pigeon"),
        make_line(4, handle_seconds="long"),
        make_line(5, reason="A > B > C > D"),
        make_line(6)[:5],
        [*make_line(7), "more"],
        make_line(8, external_id="x" * 201),
    ]
    batch = import_rows(database, settings, rows, date_order="dmy")
    assert counts(batch) == {"read": 8, "new": 1, "rejected": 7}
    with database.reading() as session:
        found = list(queries.rejections(session, batch.id))
    assert [(one.line, one.column) for one in found] == [
        (3, "occurred_at"),
        (4, "channel"),
        (5, "handle_seconds"),
        (6, "reason"),
        (7, ""),
        (8, ""),
        (9, "external_id"),
    ]
    assert "carrier pigeon" in found[1].sentence
    assert "4 levels" in found[3].sentence
    assert found[4].sentence == "This row has 5 cells, and the header has 7."
    assert found[1].row == tuple(rows[2])


def test_repeated_headers_footers_and_empty_rows_are_ignored(database: Database, settings: Settings) -> None:
    nothing = [""] * len(HEADER)
    footers = [["Grand Totals (2 records)", *nothing[1:]], ["Confidential - do not distribute"]]
    rows = [make_line(1), list(HEADER), nothing, [], make_line(2), [], *footers]
    batch = import_rows(database, settings, rows)
    assert counts(batch) == {"read": 6, "new": 2, "ignored": 4}


def test_what_looks_like_a_footer_in_the_middle_is_rejected(database: Database, settings: Settings) -> None:
    batch = import_rows(database, settings, [make_line(1), ["Subtotal"], make_line(2)])
    assert counts(batch) == {"read": 3, "new": 2, "rejected": 1}


def test_an_import_is_one_entry_of_the_trail(database: Database, settings: Settings) -> None:
    batch = import_rows(database, settings, [make_line(number) for number in range(20)])
    with database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry))
    assert (entry.action, entry.subject, entry.by_name) == ("import.done", f"import:{batch.id}", LEAD.name)
    assert entry.after is not None
    assert (entry.after["read"], entry.after["new"]) == (20, 20)


def test_the_trail_and_histories_say_when_it_happened_and_not_when_the_file_came(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = NOW + timedelta(days=3)
    monkeypatch.setattr("app.clock.now", lambda: later)
    rows = [make_line(1), make_line(2, occurred_at="2026-09-17T08:00:00Z")]
    first = import_rows(database, settings, rows)
    assert counts(first) == {"read": 2, "new": 1, "rejected": 1}, "what lies in the future goes by when the file came"
    import_rows(database, settings, [make_line(1, note="newer")])
    with database.reading() as session:
        assert {change.at for change in session.scalars(select(ContactChange))} == {later}
        assert {entry.at for entry in session.scalars(select(AuditEntry))} == {later}
    assert (first.made_at, first.finished_at) == (NOW, later)


def test_who_comes_when_another_process_has_just_finished_is_told_that_nothing_is_doubled(
    database: Database, settings: Settings
) -> None:
    path = make_file(settings.instance, [make_line(1)])
    batch = import_path(database, settings, path)
    opened = look(File(path, path.name), batch.choices, settings, at=NOW)
    before = contents(database)
    with pytest.raises(Refused, match=f"as import {batch.id}. What it brought is kept, and nothing is doubled"):
        database.write(lambda session: batches.take_up(session, batch.id, opened))
    assert contents(database) == before
    with database.reading() as session:
        assert queries.batch(session, batch.id) == batch


def test_a_run_that_stopped_goes_on_where_it_was(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.contacts.batches.ROWS_AT_ONCE", 10)
    path = make_file(settings.instance, [make_line(number) for number in range(35)])
    choices = Choices("Switch")

    def die(done: int, in_all: int, rows: int) -> None:
        if len(contacts(database)) >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.import_file(database, settings, path, choices, by=LEAD, at=NOW, progress=die)
    assert len(contacts(database)) == 20
    later = NOW + timedelta(days=3)
    batch = import_path(database, settings, path, at=later)
    assert counts(batch) == {"read": 35, "new": 35}
    assert batch.made_at == NOW, "it is the same import"
    assert counts(import_path(database, settings, path)) == {"read": 35, "unchanged": 35}


def test_a_half_taken_file_is_not_read_another_way(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_file(settings.instance, [make_line(1)])
    import_path(database, settings, path)
    database.write(lambda session: session.execute(text("update import_batch set state = 'running', read = 0")))
    with pytest.raises(Refused, match="taken in half as import 1, with other choices"):
        import_path(database, settings, path, timezone="Europe/Berlin")


def test_a_failed_import_keeps_what_was_taken_in_and_says_so(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.contacts.batches.ROWS_AT_ONCE", 10)
    monkeypatch.setattr("app.contacts.previewing.MOST_NEW_REASONS", 15)
    rows = [make_line(number, reason=f"Text {number}") for number in range(40)]
    path = make_file(settings.instance, rows)
    with pytest.raises(Refused, match="more than 15 values that are no reason yet"):
        import_path(database, settings, path)
    with database.reading() as session:
        (batch,) = queries.batches(session)
    assert batch.state == "failed"
    assert str(batch.trouble).endswith("What was taken in is kept.")
    assert counts(batch) == {"read": 10, "new": 10}
    assert len(contacts(database)) == 10


@pytest.mark.parametrize("source", ["", "  ", "a:b", "x" * 121])
def test_a_source_without_a_proper_name_is_refused(database: Database, settings: Settings, source: str) -> None:
    with pytest.raises(Refused, match=r"Name the system|holds a colon"):
        import_rows(database, settings, [make_line(1)], source=source)

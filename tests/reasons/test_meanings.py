"""What values of files mean: from a day on, or nothing at all; and which reason is likely."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.contacts.tables import Contact
from app.db import Database
from app.reasons import actions, queries
from app.reasons.likely import likely
from app.reasons.queries import RawMeaning
from app.values.errors import Refused
from tests.intake_builders import LEAD, NOW, SOURCE, contacts, counts, import_rows, make_line, make_settings

STAMP = {"by": LEAD, "at": NOW}


def learn(session: Session, value: str, *, create: bool = True) -> RawMeaning:
    return actions.learn_raw(session, SOURCE, [value], create=create, valid_from=NOW.date(), **STAMP)[value]  # type: ignore[arg-type]


def reason(session: Session, path: str) -> int:
    return actions.ensure_path(session, [path], by=LEAD, at=NOW, valid_from=date(2026, 1, 1))


def test_a_new_meaning_holds_from_its_day_and_the_old_one_before(session: Session) -> None:
    raw, fees, refund = learn(session, "Billing"), reason(session, "Fees"), reason(session, "Refund")
    actions.map_raw(session, raw.id, fees, valid_from=date(2026, 9, 1), by=LEAD, at=NOW)
    actions.map_raw(session, raw.id, refund, valid_from=date(2026, 9, 10), by=LEAD, at=NOW)
    found = queries.raw_values(session, SOURCE)["Billing"]
    days = ("2026-08-31", "2026-09-01", "2026-09-09", "2026-09-10", "2026-12-31")
    assert [found.on(day) for day in days] == [raw.reason_id, fees, fees, refund, refund]


def test_a_meaning_from_an_earlier_day_replaces_those_behind_it(session: Session) -> None:
    raw, fees, refund = learn(session, "Billing"), reason(session, "Fees"), reason(session, "Refund")
    actions.map_raw(session, raw.id, fees, valid_from=date(2026, 9, 10), by=LEAD, at=NOW)
    actions.map_raw(session, raw.id, refund, valid_from=date(2026, 9, 5), by=LEAD, at=NOW)
    found = queries.raw_values(session, SOURCE)["Billing"]
    assert [found.on(day) for day in ("2026-09-04", "2026-09-05", "2026-09-11")] == [raw.reason_id, refund, refund]


def test_without_a_day_a_meaning_has_always_held(session: Session) -> None:
    raw, fees = learn(session, "Billing"), reason(session, "Fees")
    actions.map_raw(session, raw.id, fees, valid_from=date(2026, 9, 10), by=LEAD, at=NOW)
    actions.map_raw(session, raw.id, raw.reason_id, by=LEAD, at=NOW)
    assert queries.raw_values(session, SOURCE)["Billing"] == raw


def test_a_value_that_is_no_reason_waits_no_more_and_never_becomes_one(session: Session) -> None:
    raw = learn(session, "Abandon", create=False)
    assert raw.waits
    actions.map_raw(session, raw.id, None, by=LEAD, at=NOW)
    assert queries.unmapped_raw_values(session) == []
    assert learn(session, "Abandon") == RawMeaning(raw.id, None, is_no_reason=True)
    assert [one.value for one in queries.mapped_raw_values(session, SOURCE, "aband", 10)] == ["Abandon"]


def test_a_retired_reason_and_a_day_to_come_are_refused(session: Session) -> None:
    raw, fees = learn(session, "Billing"), reason(session, "Fees")
    with pytest.raises(Refused, match="is in the future"):
        actions.map_raw(session, raw.id, fees, valid_from=NOW.date() + timedelta(days=5), by=LEAD, at=NOW)
    actions.retire(session, fees, by=LEAD, at=NOW, valid_from=NOW.date())
    with pytest.raises(Refused, match="“Fees” is retired and can no longer be given"):
        actions.map_raw(session, raw.id, fees, by=LEAD, at=NOW)


def test_contacts_follow_the_meaning_of_their_own_day(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    import_rows(database, settings, [make_line(1, reason="Billing", occurred_at="2026-08-01T08:00:00Z")])

    def change(session: Session) -> tuple[int | None, int]:
        raw, fees = queries.raw_values(session, SOURCE)["Billing"], reason(session, "Fees")
        actions.map_raw(session, raw.id, fees, valid_from=date(2026, 9, 1), by=LEAD, at=NOW)
        return raw.reason_id, fees

    billing, fees = database.write(change)
    rows = [make_line(2, reason="Billing", occurred_at="2026-08-31T08:00:00Z")]
    rows += [make_line(3, reason="Billing", occurred_at="2026-09-01T08:00:00Z")]
    import_rows(database, settings, rows)
    assert [row["reason_id"] for row in contacts(database)] == [billing, billing, fees]


def test_what_is_no_reason_stays_untagged_though_new_reasons_are_made(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    import_rows(database, settings, [make_line(1, reason="Abandon")], creates_reasons=False)
    database.write(
        lambda session: actions.map_raw(
            session, queries.raw_values(session, SOURCE)["Abandon"].id, None, by=LEAD, at=NOW
        )
    )
    batch = import_rows(database, settings, [make_line(2, reason="Abandon")])
    assert counts(batch) == {"read": 1, "new": 1, "untagged": 1}
    with database.reading() as session:
        assert {row.reason_id for row in session.query(Contact)} == {None}
        assert list(queries.tree(session).walk()) == []


PATHS = {
    1: "Delivery > Where is my order?",
    2: "Delivery > Damaged",
    3: "Billing > Late fee",
    4: "Refund",
    5: "Gebühren",
}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("where is my order", [1]),
        ("WISMO - where's the order", [1]),
        ("Refunds", [4]),
        ("late_fees", [3]),
        ("Gebuhr", [5]),
        ("Delivery", [2, 1]),
        ("damage", [2]),
        ("Password", []),
        ("the", []),
        ("", []),
        ("???", []),
    ],
)
def test_likely_reasons_share_words_or_letters(value: str, found: list[int]) -> None:
    assert likely(value, PATHS) == found

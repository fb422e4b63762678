import uuid
from datetime import date

from app.contacts.listing import Filter
from app.reasons.rules import Node, Tree
from app.web.lead import contacts_filter
from tests.builders import AT

TREE = Tree({1: Node(1, "Delivery"), 2: Node(2, "Late", parent_id=1), 3: Node(3, "Refund")})


def test_an_address_that_asks_for_nothing_finds_everything() -> None:
    asked = contacts_filter.read({"after": "x", "q": "  "}, TREE)
    assert (asked.chosen, asked.is_narrowed, asked.wrong) == (Filter(), False, {})


def test_a_reason_is_asked_for_with_all_that_lies_below_it() -> None:
    asked = contacts_filter.read({"from": "2026-09-01", "to": "2026-10-01", "reason": "1", "channel": "chat"}, TREE)
    wanted = Filter(date(2026, 9, 1), date(2026, 10, 1), channel="chat", reason_ids=frozenset({1, 2}))
    assert (asked.chosen, asked.reason_id) == (wanted, 1)


def test_untagged_contacts_are_asked_for_like_a_reason() -> None:
    assert contacts_filter.read({"reason": "untagged"}, TREE).chosen == Filter(is_untagged=True)


def test_nonsense_is_said_at_the_field_and_what_was_typed_is_kept() -> None:
    given = {"from": "2026-09-14", "to": "2026-09-14", "channel": "fax", "kind": "lost", "reason": "99", "batch": "a"}
    asked = contacts_filter.read(given, TREE)
    assert asked.typed == given
    assert asked.wrong["to"] == "This day is not after 2026-09-14, so the period would hold no day. Choose a later one."
    assert set(asked.wrong) == {"to", "channel", "kind", "reason", "batch"}
    assert asked.chosen == Filter()


def test_a_day_that_does_not_exist_is_quoted() -> None:
    asked = contacts_filter.read({"from": "2026-02-30"}, TREE)
    assert asked.wrong == {"from": "“2026-02-30” is no day. Write it like 2026-09-14."}


def test_a_number_that_no_database_can_hold_is_no_reason() -> None:
    assert "reason" in contacts_filter.read({"reason": "9" * 30}, TREE).wrong


def test_a_place_goes_through_an_address_and_comes_back() -> None:
    place = (AT.date(), AT, uuid.uuid4())
    assert contacts_filter.place(contacts_filter.place_text(place)) == place


def test_what_is_no_place_is_left_alone() -> None:
    for text in (None, "", "x", "2026-09-14_2026-09-14T09:30:00_1", f"2026-09-14_2026-09-14T09:30:00_{uuid.uuid4()}"):
        assert contacts_filter.place(text) is None

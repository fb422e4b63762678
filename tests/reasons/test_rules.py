from collections.abc import Iterable
from datetime import date

import pytest

from app.reasons import rules
from app.reasons.rules import Fact, Node, Tree
from app.values.errors import Missing, Refused

LONG_AGO = date(2000, 1, 1)
SPRING = date(2026, 3, 1)
SUMMER = date(2026, 6, 1)
AUTUMN = date(2026, 9, 1)


def make_tree(*nodes: Node) -> Tree:
    return Tree({node.id: node for node in nodes})


def make_facts(*told: tuple[date, Node]) -> list[Fact]:
    return [Fact(number, day, node) for number, (day, node) in enumerate(told, start=1)]


DELIVERY = Node(1, "Delivery")
LATE = Node(2, "Where is my order?", parent_id=1)
COURIER = Node(3, "Courier lost it", parent_id=2)
BILLING = Node(4, "Billing", department_id=8)
REFUND = Node(5, "Refund not received", parent_id=4)


def test_a_path_is_split_between_its_levels_and_empty_levels_are_left_out() -> None:
    assert rules.split_path("Delivery > Where is my order?") == ("Delivery", "Where is my order?")
    assert rules.split_path("  Delivery  >   > Late ") == ("Delivery", "Late")
    assert rules.split_path("Delivery > ") == ("Delivery",)
    assert rules.split_path("Speed>limit") == ("Speed>limit",)
    assert rules.split_path(" > ") == ()
    assert rules.split_path("") == ()


def test_a_path_of_four_levels_is_refused_with_a_sentence() -> None:
    assert rules.refused_path(("a", "b", "c")) is None
    assert rules.refused_path(("a", "b", "c", "d")) == (
        "“a > b > c > d” has 4 levels, and a reason has 3 at most. Join two of them."
    )
    assert rules.refused_path(()) is not None
    assert rules.refused_path(("x" * 201,)) is not None


def test_a_name_typed_by_hand_is_trimmed_and_may_not_hold_the_sign_between_levels() -> None:
    assert rules.checked_name("  Where  is it? ") == "Where is it?"
    with pytest.raises(Refused, match="has no name"):
        rules.checked_name("   ")
    with pytest.raises(Refused, match="stands between levels"):
        rules.checked_name("Delivery > Late")


def test_names_that_start_with_other_start_out_flagged() -> None:
    assert rules.is_other_by_name("Other - Bridge")
    assert rules.is_other_by_name("other")
    assert not rules.is_other_by_name("Another order")
    assert not rules.is_other_by_name("Otherwise engaged")


def test_two_reasons_are_on_one_line_where_one_is_the_other_or_lies_below_it() -> None:
    tree = make_tree(DELIVERY, LATE, COURIER, BILLING, REFUND, Node(6, "Lost", parent_id=4, merged_into_id=3))
    assert tree.are_on_one_line(1, 3)
    assert tree.are_on_one_line(3, 1)
    assert tree.are_on_one_line(6, 3)
    assert not tree.are_on_one_line(6, 4)
    assert not tree.are_on_one_line(2, 5)


def test_a_tree_knows_paths_levels_and_what_lies_below() -> None:
    tree = make_tree(DELIVERY, LATE, COURIER, BILLING, REFUND)
    assert tree.path(3) == ("Delivery", "Where is my order?", "Courier lost it")
    assert tree.text(2) == "Delivery > Where is my order?"
    assert [tree.level(one) for one in (1, 2, 3)] == [1, 2, 3]
    assert tree.below(1) == {1, 2, 3}
    assert tree.below(5) == {5}
    assert [node.id for node in tree.walk()] == [4, 5, 1, 2, 3]


def test_the_ancestor_of_a_reason_that_stands_no_deeper_is_the_reason() -> None:
    tree = make_tree(DELIVERY, LATE, COURIER)
    assert tree.ancestor(3, 1) == 1
    assert tree.ancestor(3, 2) == 2
    assert tree.ancestor(1, 2) == 1


def test_a_merged_reason_answers_as_the_one_it_went_into() -> None:
    tree = make_tree(DELIVERY, LATE, Node(6, "Order late", parent_id=1, merged_into_id=2), Node(7, "Van", parent_id=6))
    assert tree.resolve(6) == 2
    assert tree.text(6) == "Delivery > Where is my order?"
    assert tree.text(7) == "Delivery > Where is my order? > Van"
    assert tree.below(2) == {2, 6, 7}
    assert tree.below(6) == {2, 6, 7}
    assert tree.reading_as(6) == {2, 6}
    assert [node.id for node in tree.in_use()] == [1, 2, 7]
    assert [node.id for node in tree.merged_into(2)] == [6]


def test_merges_are_followed_to_the_end() -> None:
    tree = make_tree(Node(1, "A", merged_into_id=2), Node(2, "B", merged_into_id=3), Node(3, "C"))
    assert tree.resolve(1) == 3
    assert tree.below(3) == {1, 2, 3}


def test_a_reason_below_a_retired_one_is_not_offered() -> None:
    tree = make_tree(Node(1, "Delivery", is_retired=True), LATE, BILLING)
    assert [node.id for node in tree.in_use()] == [4]
    assert tree.text(2) == "Delivery > Where is my order?"


def test_the_owner_and_the_flag_other_come_from_above_where_a_reason_has_none() -> None:
    tree = make_tree(BILLING, REFUND, Node(9, "Other", is_other=True), Node(10, "Lost cat", parent_id=9))
    assert tree.owner(5) == 8
    assert tree.owner(10) is None
    assert tree.is_other(10)
    assert not tree.is_other(5)


def test_an_unknown_reason_is_missing() -> None:
    with pytest.raises(Missing, match="no reason 99"):
        make_tree(DELIVERY).resolve(99)


def test_names_are_found_without_case_and_merged_ones_answer_last() -> None:
    tree = make_tree(DELIVERY, Node(2, "Late", parent_id=1, merged_into_id=3), Node(3, "Van", parent_id=1))
    assert tree.named(None, " delivery") == 1
    assert tree.named(1, "LATE") == 2
    again = make_tree(DELIVERY, Node(2, "Late", parent_id=1, merged_into_id=3), Node(3, "late", parent_id=1))
    assert again.named(1, "Late") == 3


def test_the_tree_of_a_day_holds_the_facts_of_that_day() -> None:
    facts = make_facts((LONG_AGO, LATE), (SPRING, Node(2, "Late order", parent_id=1)), (LONG_AGO, DELIVERY))
    assert rules.tree_of(facts, date(2026, 2, 28)).node(2).name == "Where is my order?"
    assert rules.tree_of(facts, SPRING).node(2).name == "Late order"
    assert rules.tree_of(facts).node(2).name == "Late order"


def test_before_its_first_fact_a_reason_reads_as_that_fact_says() -> None:
    facts = make_facts((SPRING, DELIVERY))
    assert rules.tree_of(facts, date(2013, 1, 1)).text(1) == "Delivery"


def test_of_two_facts_of_one_day_the_later_one_holds() -> None:
    facts = make_facts((SPRING, DELIVERY), (SPRING, Node(1, "Shipping")))
    assert rules.tree_of(facts, SPRING).text(1) == "Shipping"


def apply(facts: list[Fact], added: Iterable[tuple[date, Node]]) -> list[Fact]:
    return [*facts, *(Fact(100 + number, day, node) for number, (day, node) in enumerate(added))]


def test_a_change_from_an_earlier_day_carries_on_through_later_facts_that_say_the_same() -> None:
    facts = make_facts((LONG_AGO, DELIVERY), (SUMMER, Node(1, "Delivery", department_id=7)))
    after = apply(facts, rules.changed(facts, SPRING, name="Shipping"))
    assert rules.tree_of(after, date(2026, 2, 28)).node(1) == DELIVERY
    assert rules.tree_of(after, SPRING).node(1) == Node(1, "Shipping")
    assert rules.tree_of(after, SUMMER).node(1) == Node(1, "Shipping", department_id=7)


def test_a_change_from_an_earlier_day_ends_where_somebody_said_otherwise() -> None:
    facts = make_facts((LONG_AGO, DELIVERY), (SUMMER, Node(1, "Parcels")), (AUTUMN, Node(1, "Parcels", is_other=True)))
    after = apply(facts, rules.changed(facts, SPRING, name="Shipping"))
    names = [rules.tree_of(after, day).node(1).name for day in (LONG_AGO, SPRING, SUMMER, AUTUMN)]
    assert names == ["Delivery", "Shipping", "Parcels", "Parcels"]


def test_a_change_to_what_is_true_already_adds_nothing() -> None:
    facts = make_facts((LONG_AGO, DELIVERY))
    assert rules.changed(facts, SPRING, name="Delivery") == []


@pytest.mark.parametrize(
    ("nodes", "reason_id", "words"),
    [
        ((Node(1, "A", parent_id=2), Node(2, "B", parent_id=1)), 1, "below itself"),
        ((Node(1, "A", merged_into_id=2), Node(2, "B", merged_into_id=1)), 1, "merged into each other"),
        ((Node(1, "A", merged_into_id=2), Node(2, "B", parent_id=1)), 1, "below itself"),
        ((DELIVERY, LATE, COURIER, Node(9, "Van", parent_id=3)), 2, "4 levels"),
        ((DELIVERY, Node(9, "DELIVERY ")), 9, "at the top already"),
        ((DELIVERY, LATE, Node(9, "where is my  order?", parent_id=1)), 9, "below “Delivery” already"),
        (
            (DELIVERY, LATE, Node(7, "Post"), Node(8, "Where is my order?", 7), Node(7, "Post", merged_into_id=1)),
            7,
            "below “Delivery” already",
        ),
    ],
)
def test_a_place_that_would_break_the_tree_is_refused(nodes: tuple[Node, ...], reason_id: int, words: str) -> None:
    sentence = rules.refused_place(make_tree(*nodes), reason_id)
    assert sentence is not None
    assert words in sentence


def test_a_sound_place_is_not_refused() -> None:
    tree = make_tree(DELIVERY, LATE, COURIER, BILLING, REFUND)
    assert [rules.refused_place(tree, one) for one in tree.nodes] == [None] * 5

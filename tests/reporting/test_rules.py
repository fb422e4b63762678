"""What the ask says."""

from fractions import Fraction

import pytest

from app.reporting import rules
from app.reporting.rules import Director, Top
from app.values.errors import Refused


def make_top(contacts: int) -> Top:
    return Top(1, "Where is my order?", contacts, 0.1, None, None)


def test_the_goal_is_held_against_what_the_reasons_bring_in_a_year() -> None:
    part = rules.part_of(365, [make_top(100), make_top(46)], 73)
    assert (part.contacts_year, part.share) == (730, Fraction(1, 2))


def test_without_reasons_the_goal_is_no_part_of_anything() -> None:
    assert rules.part_of(365, [], 73).share is None


def test_a_director_is_written_down_tidily() -> None:
    assert rules.director("  Lea   Brandt ", " Marketing", 2) == Director("Lea Brandt", "Marketing", 2)


@pytest.mark.parametrize(
    ("name", "department", "hours", "sentence"),
    [
        ("  ", "Marketing", 2, "Write the director's name"),
        ("Lea", "Marketing", 0, "between 1 and 40"),
        ("Lea", "Marketing", 41, "between 1 and 40"),
        ("x" * 121, "Marketing", 2, "120 letters at most"),
        ("Lea", "x" * 121, 2, "120 letters at most"),
    ],
)
def test_a_director_that_makes_no_sense_is_refused(name: str, department: str, hours: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        rules.director(name, department, hours)

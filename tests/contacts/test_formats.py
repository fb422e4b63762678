"""Formats: recognised by their headers, laid over a file, or written by hand as a mapping."""

from typing import Any

import pytest

from app.contacts import binding, formats
from app.contacts.reading import Layout
from app.contacts.rules import FIELDS
from app.values.errors import Refused

OTTAWA = ("File", "creation_date", "ward", "call_description", "call_type", "maintenance_yard", "priority_name")


def laid(*header: str) -> Layout:
    return Layout(",", header, 1)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (OTTAWA, "311"),
        (tuple(reversed(OTTAWA)), "311"),
        (tuple(cell.upper().replace("_", " ") for cell in OTTAWA), "311"),
        ((" creation_date ", "Call_Type", "call_description", "colour"), "311"),
        (("occurred_at",), "ours"),
        (("reason", "Occurred At", "note"), "ours"),
    ],
)
def test_a_format_is_recognised_by_its_headers_in_any_case_order_and_company(
    header: tuple[str, ...], name: str
) -> None:
    found = formats.recognised(header)
    assert found is not None
    assert found.name == name


def test_headers_that_no_format_has_are_not_guessed() -> None:
    assert formats.recognised(("Date", "Reason", "call_type")) is None


def test_every_format_names_fields_that_exist() -> None:
    for one in formats.formats():
        assert set(one.columns) <= set(FIELDS)
        assert "occurred_at" in one.columns
        assert one.title


def test_what_no_format_names_becomes_an_attribute_and_what_it_ignores_does_not() -> None:
    bound = binding.over(formats.named("311"), laid(*OTTAWA, "", "Ward", "rejected_because"))
    assert [name for _, name in bound.attributes] == ["ward", "maintenance_yard", "Ward (2)"]
    assert bound.places["reason"] == (4, 3)
    assert bound.header_of("reason") == "call_type + call_description"


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(Refused, match=r"has no column “call_type”.* It has: creation_date, call_description"):
        binding.over(formats.named("311"), laid("creation_date", "call_description"))


def test_an_unknown_format_is_refused_with_the_list() -> None:
    with pytest.raises(Refused, match=r"no format “zendesc”.*311, connect, cxone, export"):
        formats.named("zendesc")


GOOD: dict[str, Any] = {
    "columns": {"occurred_at": "Date received", "reason": ["Product", "Issue"], "external_id": "Complaint ID"},
    "constants": {"channel": "phone"},
    "ignore": ["File"],
}


def test_a_mapping_is_a_format_of_its_own() -> None:
    bound = binding.over(formats.of_mapping(GOOD), laid("complaint id", "DATE RECEIVED", "Issue", "Product", "State"))
    assert bound.format.name == "mapping"
    assert bound.places == {"occurred_at": (1,), "reason": (3, 2), "external_id": (0,)}
    assert bound.attributes == ((4, "State"),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "A mapping is"),
        ({}, "A mapping is"),
        ({"columns": {"reason": "Why"}}, "does not say which column is occurred_at"),
        ({**GOOD, "colour": 1}, "no “colour”"),
        ({"columns": {"occurred_at": "When", "colour": "Colour"}}, "“colour”, which is no field"),
        ({"columns": {"occurred_at": []}}, "names no header"),
        ({"columns": {"occurred_at": 7}}, "names no header"),
        ({"columns": {"occurred_at": "When", "queue": ["A", "B"]}}, "from one column only"),
        ({**GOOD, "constants": {"channel": "pigeon"}}, "“pigeon” is no channel"),
        ({**GOOD, "constants": {"reason": "x"}}, "from a column and from a constant"),
        ({**GOOD, "constants": []}, "“constants” of a mapping"),
        ({**GOOD, "ignore": "File"}, "“ignore” of a mapping"),
    ],
)
def test_what_is_no_mapping_is_refused_in_a_sentence(content: Any, words: str) -> None:
    if content == {**GOOD, "constants": []}:
        content = {**GOOD, "constants": ["phone"]}
    with pytest.raises(Refused, match=words):
        formats.of_mapping(content)


def test_a_mapping_whose_column_is_missing_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(Refused, match="has no column “Complaint ID”"):
        binding.over(formats.of_mapping(GOOD), laid("Date received", "Product", "Issue"))

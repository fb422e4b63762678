"""What is wrong with what a program sent, as sentences, each with its place."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from app.web.programs.problems import Fault

MOST_TOLD = 20
SENTENCES = {
    "missing": "It is missing.",
    "extra_forbidden": "There is no such field.",
    "string_type": "It is no text.",
    "string_too_long": "It is longer than {max_length} letters.",
    "string_pattern_mismatch": "It is empty, or holds a character that cannot be kept there.",
    "literal_error": "It is none of {expected}.",
    "int_type": "It is no whole number.",
    "int_parsing": "It is no whole number.",
    "int_parsing_size": "It is too large.",
    "bool_type": "It is neither true nor false.",
    "bool_parsing": "It is neither true nor false.",
    "list_type": "It is no list.",
    "dict_type": "It is no object.",
    "model_type": "It is no object with the fields of a contact.",
    "model_attributes_type": "It is no object with the fields of a contact.",
    "too_long": "It holds more than {max_length}.",
    "greater_than_equal": "It is less than {ge}.",
    "less_than_equal": "It is more than {le}.",
    "json_invalid": "This is no JSON: {error}.",
}
OF_TIMES = "It is no time as RFC 3339 writes it, like 2026-09-14T09:30:00Z or 2026-09-14T11:30:00+02:00."


def faults_of(error: ValidationError) -> Iterator[Fault]:
    """The first faults, in the order of the fields."""
    for one in error.errors(include_url=False, include_input=False)[:MOST_TOLD]:
        yield Fault("/".join(str(step)[:120] for step in one["loc"]), _sentence(one))


def _sentence(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch" and error["loc"][-1:] == ("occurred_at",):
        return OF_TIMES
    sentence = SENTENCES.get(error["type"])
    return f"{error['msg']}." if sentence is None else sentence.format(**error.get("ctx", {}))

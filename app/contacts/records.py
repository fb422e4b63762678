"""Records in JSON as rows of text: one a line, or a list of them; what lies within a record gets a name with points."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any, TextIO

from app.contacts.spelled import Cells, Table, broken
from app.contacts.unpacking import File
from app.values.errors import Refused

MOST_COLUMNS = 2000
DEEPEST = 8
LONGEST_RECORD = 4_000_000
CHUNK_CHARACTERS = 1 << 16
BETWEEN_VALUES = "; "
NO_RECORD = "This line is no record in JSON. Perhaps it was cut off; export it again."
_SPACE = " \t\r\n"
Open = Callable[[], AbstractContextManager[TextIO]]


def table(file: File, text: Open) -> Table:
    """The records of a file; what they may be is seen when they are read."""
    columns: dict[str, int] = {}

    def make() -> Iterator[Cells]:
        with text() as opened:
            for record in _records(file, opened):
                yield _row(file, record, columns) if isinstance(record, dict) else record

    found = Table("JSON", file.path.stat().st_size, make, header=lambda: list(columns), first_number=0)
    found.place = "records"
    return found


def flat(record: dict[str, Any]) -> dict[str, str]:
    """A record as names and texts: {"Queue": {"Name": "Sales"}} has “Queue.Name”; lists of plain values are joined."""
    return dict(_flat(record, "", 0))


def _flat(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (whatever JSON may hold)
    if isinstance(value, dict):
        if depth < DEEPEST:
            for key, inner in value.items():
                yield from _flat(inner, f"{name}.{key}" if name else key, depth + 1)
    elif isinstance(value, list):
        # Of a list of records their names are kept, as with tags; one without names has no column.
        plain = [one.get("name") if isinstance(one, dict) else one for one in value]
        texts = [_text(one) for one in plain if one is not None and not isinstance(one, dict | list)]
        if texts or not value:
            yield name, BETWEEN_VALUES.join(texts)
    else:
        yield name, _text(value)


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _row(file: File, record: dict[str, Any], columns: dict[str, int]) -> Cells:
    """The cells of a record in the order of the columns, which grow by names that are new."""
    facts = flat(record)
    for name in facts:
        if name not in columns:
            columns[name] = len(columns)
    if len(columns) > MOST_COLUMNS:
        raise Refused(
            f"The records of {file.name} have more than {MOST_COLUMNS:,} different names, and no export has. "
            "Nothing was taken in."
        )
    row = [""] * len(columns)
    for name, text in facts.items():
        row[columns[name]] = text
    return row


def _records(file: File, text: TextIO) -> Iterator[dict[str, Any] | Cells]:
    """The records of a list or of an object that holds one, else those of each line."""
    first = text.readline(LONGEST_RECORD)
    while first and not first.strip("\ufeff" + _SPACE):
        first = text.readline(LONGEST_RECORD)
    first = first.lstrip("\ufeff" + _SPACE)
    if isinstance(_parsed(first), dict):
        yield from _lines(chain([first], iter(lambda: text.readline(LONGEST_RECORD), "")))
        return
    stream = _Stream(file, first, text)
    if first.startswith("["):
        yield from stream.items()
    else:
        yield from stream.listed_in_object()


def _lines(lines: Iterator[str]) -> Iterator[dict[str, Any] | Cells]:
    for line in lines:
        if len(line) >= LONGEST_RECORD and not line.endswith("\n"):
            for rest in lines:
                if len(rest) < LONGEST_RECORD or rest.endswith("\n"):
                    break
            yield broken(f"This record has more than {LONGEST_RECORD:,} letters, and none has.")
        elif not line.strip():
            yield ()
        else:
            record = _parsed(line)
            yield record if isinstance(record, dict) else broken(NO_RECORD)


def _parsed(line: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


class _Stream:
    """A text that holds one JSON value, of which never more than some records are held."""

    def __init__(self, file: File, head: str, text: TextIO) -> None:
        self._file, self._text, self._held, self._at = file, text, head, 0
        self._decode = json.JSONDecoder().raw_decode

    def items(self) -> Iterator[dict[str, Any] | Cells]:
        """The records of a list that begins here."""
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            record = self._value()
            yield record if isinstance(record, dict) else broken("This entry of the list is no record.")
            sign = self._peek()
            self._take("]" if sign == "]" else ",")
            if sign == "]":
                return

    def listed_in_object(self) -> Iterator[dict[str, Any] | Cells]:
        """The records of the first list within an object, else the object itself."""
        self._take("{")
        own: dict[str, Any] = {}
        while self._peek() != "}":
            name = str(self._value())
            self._take(":")
            if self._peek() == "[" and self._begins_records():
                yield from self.items()
                return
            own[name] = self._value()
            if self._peek() == ",":
                self._take(",")
        yield own

    def _begins_records(self) -> bool:
        """Whether a list of records begins here."""
        while len(rest := self._held[self._at + 1 :].lstrip(_SPACE)) == 0:
            if not self._more():
                return False
        return rest[0] == "{"

    def _value(self) -> Any:  # noqa: ANN401
        while True:
            self._peek()
            try:
                value, end = self._decode(self._held, self._at)
            except ValueError as error:
                if len(self._held) - self._at > LONGEST_RECORD or not self._more():
                    raise self._refusal() from error
                continue
            except RecursionError as error:
                raise self._refusal() from error
            # A number may go on behind what is held.
            if end == len(self._held) and self._more():
                continue
            self._at = end
            return value

    def _peek(self) -> str:
        """The next sign that is no space."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                raise self._refusal()

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._refusal()
        self._at += 1

    def _more(self) -> bool:
        some = self._text.read(max(CHUNK_CHARACTERS, len(self._held) - self._at))
        self._held, self._at = self._held[self._at :] + some, 0
        return bool(some)

    def _refusal(self) -> Refused:
        return Refused(f"{self._file.name} is no whole JSON: it breaks off or is damaged. Export it again.")

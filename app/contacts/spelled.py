"""What is no text, like a workbook, spelled out as rows of text that every reader of files can read."""

import csv
import io
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Protocol

BROKEN = "\ue000broken\ue000"
LONGEST_CELL = 100_000
Cells = Sequence[str]
Made = tuple[Cells, Iterable[Cells]]


class Position(Protocol):
    """How far reading got."""

    def tell(self) -> int:
        """In bytes of the file that was sent."""


def broken(sentence: str) -> Cells:
    """A row that stands for one that cannot be read, and why."""
    return (BROKEN, sentence)


class Table:
    """Rows of text, made when they are first asked for and kept in a file without a name, which no kill leaves behind.

    `kind` is what people call such a file. `make` yields rows; a header that is known only behind the last row is what
    `header` returns then. `first_number` is that of the first row, as people count them. One reader at a time.
    """

    def __init__(
        self,
        kind: str,
        byte_count: int,
        make: Callable[[], Iterator[Cells]],
        *,
        header: Callable[[], Cells] | None = None,
        first_number: int = 1,
    ) -> None:
        self.kind = kind
        self.first_number = first_number
        self.place = "sheet"
        self.remarks: list[str] = []
        self._byte_count = byte_count
        self._make, self._header = make, header
        self._kept: IO[bytes] | None = None

    @contextmanager
    def opened(self) -> Iterator[tuple[io.TextIOWrapper, Position]]:
        """The rows from the first one on, as CSV."""
        if self._kept is None:
            self._kept = self._spell_out()
            weakref.finalize(self, self._kept.close)
        kept = self._kept
        length = kept.seek(0, io.SEEK_END)
        kept.seek(0)
        text = io.TextIOWrapper(kept, encoding="utf-8", errors="surrogateescape", newline="")
        try:
            yield text, _Share(kept, length, self._byte_count)
        finally:
            text.detach()

    def _spell_out(self) -> IO[bytes]:
        body = _written(self._make())
        if self._header is None:
            return body
        whole = _written([self._header()])
        with body:
            body.seek(0)
            while block := body.read(1 << 20):
                whole.write(block)
        return whole


class _Share:
    """A position in what was spelled out, as one in the file that was sent."""

    def __init__(self, kept: IO[bytes], length: int, byte_count: int) -> None:
        self._kept, self._length, self._byte_count = kept, max(length, 1), byte_count

    def tell(self) -> int:
        return self._kept.tell() * self._byte_count // self._length


def _written(rows: Iterable[Cells]) -> IO[bytes]:
    kept = tempfile.TemporaryFile()  # noqa: SIM115  (it is closed with the table that keeps it)
    text = io.TextIOWrapper(kept, encoding="utf-8", errors="surrogateescape", newline="")
    write = csv.writer(text, lineterminator="\n").writerow
    try:
        for row in rows:
            cells = [cell[:LONGEST_CELL] for cell in row]
            try:
                write(cells)
            except UnicodeEncodeError:
                write([cell.encode("utf-8", "replace").decode() for cell in cells])
    except BaseException:
        kept.close()
        raise
    text.flush()
    text.detach()
    return kept

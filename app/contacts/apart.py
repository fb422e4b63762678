"""A long file read by a second process, while this one takes in what was read before.

Reading costs about as much as taking in, and Python does one thing at a time. The second process has the opened file
as it was decided here; it sends portions, at last what it passed over, or why it stopped. Killed, either leaves no
trace: the batch goes on from where it stood.
"""

import marshal
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.contacts.arrivals import Arrival
from app.contacts.opening import OpenFile
from app.contacts.portions import Portion
from app.contacts.rules import Rejection
from app.values.errors import Refused

WORTH_BYTES = 4 << 20  # below it a second process takes longer to start than it saves
LENGTH_BYTES = 8
ROOT = Path(__file__).parents[2]
PROGRAM = f"import sys; sys.path[:0] = [{str(ROOT)!r}]; from app.contacts.apart import serve; serve()"
PORTION, END, REFUSED, FAILED = range(4)


def portions(file: OpenFile, rows_at_once: int) -> Generator[tuple[Portion[Arrival], int]]:
    """The portions of a file as `OpenFile.portions` gives them, and read ahead where the file is long.

    Raises what reading raises.
    """
    if file.survey.byte_count < WORTH_BYTES or not file.is_plain:
        yield from file.portions(rows_at_once)
        return
    with _reader(file, rows_at_once) as answers:
        while (kind := (told := _receive(answers))[0]) == PORTION:
            _, arrivals, rejections, ignored, position = told
            yield (
                Portion(
                    [tuple.__new__(Arrival, facts) for facts in arrivals],
                    [Rejection(*facts) for facts in rejections],
                    ignored,
                ),
                position,
            )
        if kind == REFUSED:
            raise Refused(told[1])
        if kind == FAILED:
            raise OSError(told[1])
        file.superseded, file.ignored = told[1:3]
        file.times.said = Counter(told[3])


def serve() -> None:
    """Read the file that standard input names and write its portions to standard output."""
    file, rows_at_once = pickle.load(sys.stdin.buffer)  # noqa: S301  (from our own other half)
    answers = sys.stdout.buffer
    try:
        for portion, position in file.portions(rows_at_once):
            arrivals = [tuple(arrival) for arrival in portion.arrivals]
            rejections = [(one.line, one.column, one.value, one.sentence, one.row) for one in portion.rejections]
            _send(answers, (PORTION, arrivals, rejections, portion.ignored, position))
        _send(answers, (END, file.superseded, file.ignored, dict(file.times.said)))
    except Refused as error:
        _send(answers, (REFUSED, error.sentence))
    except BrokenPipeError:
        # Nobody listens any more: the import was stopped.
        sys.stdout = None
    except (OSError, EOFError) as error:
        _send(answers, (FAILED, str(error)))


@contextmanager
def _reader(file: OpenFile, rows_at_once: int) -> Iterator[IO[bytes]]:
    """A process that reads; it ends with the block, whatever happens in it."""
    command = (sys.executable, "-c", PROGRAM)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        if process.stdin is None or process.stdout is None:
            raise AssertionError  # both are pipes
        try:
            process.stdin.write(pickle.dumps((file, rows_at_once)))
            process.stdin.close()
            yield process.stdout
        finally:
            process.kill()


def _send(answers: IO[bytes], told: tuple[Any, ...]) -> None:
    frame = marshal.dumps(told)
    answers.write(len(frame).to_bytes(LENGTH_BYTES, "big"))
    answers.write(frame)
    answers.flush()


def _receive(answers: IO[bytes]) -> tuple[Any, ...]:
    length = int.from_bytes(answers.read(LENGTH_BYTES), "big")
    frame = answers.read(length)
    if not length or len(frame) < length:
        raise OSError("the process that reads the file ended")
    told: tuple[Any, ...] = marshal.loads(frame)  # noqa: S302  (from our own other half)
    return told

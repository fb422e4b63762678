"""What the pages of totals and of drivers share: a file that is sent, one that came in, and the way back."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.contacts.files import File
from app.contacts.rules import Counts
from app.counting import period_files, queries
from app.counting.period_files import Brought
from app.counting.period_rows import Item, PeriodRows
from app.values.errors import Refused
from app.values.figures import counted, number, size
from app.values.figures import period as period_text
from app.values.periods import Period
from app.web import work
from app.web.forms import Form

SHOWN_REJECTIONS = 50
SHOWN_GAPS = 4
BLOCK_BYTES = 1 << 20
EVERY = (("day", "Days"), ("week", "Weeks"), ("month", "Months"))
ORDERS = (("", "As the file shows"), ("dmy", "Day first: 31/12/2026"), ("mdy", "Month first: 12/31/2026"))


class FileForm(Form):
    """A file, and how dates of numbers alone are read."""

    file = FileField("File", [FileRequired("Choose a file first.")])
    date_order = SelectField("Dates", choices=[SelectChoice(*order) for order in ORDERS], default="")


def read(form: FileForm, reader: Callable[[File, str | None], PeriodRows[Item]]) -> PeriodRows[Item]:
    """The rows of the file that was sent; nothing of it stays on the disk. Raises Refused."""
    upload = form.file.data
    name = (upload.filename or "file").replace("\\", "/").rpartition("/")[2]
    most = work.settings().upload_limit_bytes
    with tempfile.TemporaryDirectory() as folder:
        file = File(Path(folder) / "sent", name)
        written = 0
        with file.path.open("wb") as kept:
            while block := upload.stream.read(BLOCK_BYTES):
                written += len(block)
                if written > most:
                    raise Refused(f"{name} is larger than {size(most)}. Send it in parts. Nothing was taken in.")
                kept.write(block)
        return reader(file, form.date_order.data or None)


def page(kind: str, file_id: int, figure: str) -> ResponseReturnValue:
    """One file: what became of its rows; `figure` is what a row of it says, like a total."""
    db = work.reading()
    file = period_files.brought(db, file_id, kind)
    return render_template(
        "lead/period_file.html",
        file=file,
        kind=kind,
        finding=finding(file, figure),
        lede=_lede(file, figure),
        rejections=list(period_files.rejections(db, file_id, SHOWN_REJECTIONS)),
    )


def rejects(kind: str, file_id: int) -> ResponseReturnValue:
    """The rejected rows as a file, to be corrected and sent again."""
    period_files.brought(work.reading(), file_id, kind)
    database = work.database()

    def written() -> Iterator[str]:
        with database.reading() as session:
            yield from period_files.rejects_csv(session, file_id)

    headers = {"Content-Disposition": f'attachment; filename="{kind}-{file_id}-rejects.csv"'}
    return Response(written(), mimetype="text/csv", headers=headers)


def finding(file: Brought, figure: str) -> str:
    """The sentence that the page of a file opens with."""
    if file.removed_at is not None:
        return "This file was taken back."
    counts = file.counts
    if counts.new:
        return f"{counted(counts.new, f'new {figure}')} {_was(counts.new)} taken in.{_look(counts)}"
    if counts.updated:
        return f"{counted(counts.updated, figure)} {_was(counts.updated)} changed.{_look(counts)}"
    return f"Nothing in this file was new.{_look(counts)}"


def gaps_text(missing: tuple[Period, ...]) -> str:
    """The stretches that are missing, the first few by name."""
    if not missing:
        return "nothing"
    named = ", ".join(period_text(one.start, one.end) for one in missing[:SHOWN_GAPS])
    rest = len(missing) - SHOWN_GAPS
    return f"{named} and {counted(rest, 'more gap')}" if rest > 0 else named


def is_open() -> Callable[[date], bool]:
    """Whether the centre takes contacts on a day."""
    return queries.opening(work.reading()).is_open


def _lede(file: Brought, figure: str) -> str:
    if file.removed_at is not None:
        return f"What it brought is gone, and every {figure} that it had replaced holds again."
    if file.counts.updated and file.counts.new:
        return f"{counted(file.counts.updated, figure)} changed; what they were before stays in the audit trail."
    if file.counts.untagged:
        return f"{number(file.counts.untagged)} of the new ones have no reason."
    return "Take the file back, and everything is as it was before."


def _look(counts: Counts) -> str:
    if not counts.rejected:
        return ""
    return f" {counted(counts.rejected, 'row')} {'needs' if counts.rejected == 1 else 'need'} a look."


def _was(how_many: int) -> str:
    return "was" if how_many == 1 else "were"

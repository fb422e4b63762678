"""Workbooks as rows of text: XLSX, XLS and their kin; the sheet with most rows is read."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.contacts.spelled import Cells, Table
from app.contacts.unpacking import ZIP, File, check_archive, opened
from app.values.errors import Refused

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

OLE = b"\xd0\xcf\x11\xe0"
MOST_WORKBOOK_BYTES = 600_000_000
HALF_A_SECOND = timedelta(microseconds=500_000)


def table(file: File) -> Table:
    """The rows of a workbook; raises Refused at once where it is damaged or far too large, else when it is read."""
    with opened(file) as raw:
        is_archive = raw.read(len(ZIP)) == ZIP
    if is_archive:
        check_archive(file, MOST_WORKBOOK_BYTES)
    found = Table("XLSX" if is_archive else "XLS", file.path.stat().st_size, lambda: _rows(file, found))
    return found


def _rows(file: File, found: Table) -> Iterator[Cells]:
    sheets = sorted(_sheets(file), key=lambda sheet: -sheet.height)
    if not sheets or not sheets[0].height:
        raise Refused(f"{file.name} holds no rows. Nothing was taken in.")
    chosen, others = sheets[0], [sheet for sheet in sheets[1:] if sheet.height]
    found.place = f"sheet “{chosen.name}”"
    if others:
        were = "was" if len(others) == 1 else "were"
        named = ", ".join(f"“{sheet.name}”" for sheet in others)
        found.remarks = [f"The sheet “{chosen.name}” was read; {named} {were} left out."]
    timed = _timed(chosen)
    for row in chosen.iter_rows():
        yield [_text(cell, has_time=place in timed) for place, cell in enumerate(row)]


def _sheets(file: File) -> "Sequence[CalamineSheet]":
    from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = _workbook(file)
        shown = [
            one.name
            for one in workbook.sheets_metadata
            if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
        ]
        return [workbook.get_sheet_by_name(name) for name in shown or workbook.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        said = str(error).strip().rstrip(".")
        raise Refused(
            f"{file.name} cannot be read as a workbook ({said}). Open it and save it as XLSX without a password, or "
            "as CSV. Nothing was taken in."
        ) from error


def _workbook(file: File) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook

    with opened(file) as raw:
        return CalamineWorkbook.from_filelike(io.BytesIO(raw.read()))


def _timed(sheet: "CalamineSheet") -> frozenset[int]:
    """Columns that hold times of day: a date alone is midnight there, elsewhere it is a day."""
    return frozenset(place for row in sheet.iter_rows() for place, cell in enumerate(row) if isinstance(cell, datetime))


def _text(cell: Any, *, has_time: bool) -> str:  # noqa: ANN401  (whatever a cell may hold)
    match cell:
        case str():
            text = cell
        case bool():
            text = "yes" if cell else "no"
        case float():
            text = str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            text = (cell + HALF_A_SECOND).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            text = f"{cell.isoformat()} 00:00:00" if has_time else cell.isoformat()
        case timedelta():
            text = _clock(round(cell.total_seconds()))
        case _:
            text = "" if cell is None else str(cell)
    return text


def _clock(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02d}:{rest:02d}"

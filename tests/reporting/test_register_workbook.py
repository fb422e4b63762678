"""The benefits register as a workbook: totals, fiscal year and run-rate worked out by hand."""

from datetime import UTC, date, datetime
from pathlib import Path

from app.ledger.rules import CAPACITY, CASH
from app.reporting.register import RegisterRow
from app.reporting.register_workbook import Calendar, register_workbook
from tests.reporting.spreadsheet import faults, opened, worked_out

MADE = datetime(2026, 4, 15, 12, tzinfo=UTC)
APRIL_YEAR = Calendar(date(2026, 4, 15), 4)


def make_row(code: str, month: int, name: str = "Label", **minor: int) -> RegisterRow:
    """Amounts by kind; a name that ends with _cash is of that column."""
    amounts = {
        (kind.removesuffix("_cash"), CASH if kind.endswith("_cash") else CAPACITY): one for kind, one in minor.items()
    }
    return RegisterRow(code, name, "Live", date(2026, month, 1), "CAD", amounts, 10, (month,))


ROWS = [
    make_row("INI-01", 2, "=1+1", projected=10_000, realised=5_000, validated=4_900, realised_cash=500),
    make_row("INI-01", 3, "=1+1", projected=10_000, realised=-700, realised_cash=500, validated_cash=500),
    make_row("INI-01", 4, "=1+1", projected=10_000, realised=9_050, validated=8_950, realised_cash=500),
    make_row("INI-02", 4, "@x 😀", projected=777, forecast=800),
]


def rows_of(book: object, sheet: str) -> dict[object, tuple[object, ...]]:
    return {row[0]: row[2:] for row in book[sheet].iter_rows(min_row=5, values_only=True) if row[0]}  # type: ignore[index]


def test_totals_by_initiative_month_and_fiscal_year_are_formulas_of_the_rows(tmp_path: Path) -> None:
    made = register_workbook(ROWS, APRIL_YEAR, "CAD", MADE)
    book = worked_out(made, tmp_path)
    assert faults(book) == []
    assert rows_of(book, "By initiative") == {
        "INI-01": ("CAD", 300, 0, 133.5, 138.5, 15, 5),
        "INI-02": ("CAD", 7.77, 8, 0, 0, 0, 0),
        "Together": ("CAD", 307.77, 8, 133.5, 138.5, 15, 5),
    }
    months = rows_of(book, "By month")
    assert months[datetime(2026, 3, 1)] == ("CAD", 100, 0, -7, 0, 5, 5)  # noqa: DTZ001
    assert months["Together"] == ("CAD", 307.77, 8, 133.5, 138.5, 15, 5)
    assert rows_of(book, "By fiscal year") == {
        "FY 2025/26": ("CAD", 200, 0, 43, 49, 10, 5),
        "FY 2026/27": ("CAD", 107.77, 8, 90.5, 89.5, 5, 0),
        "Together": ("CAD", 307.77, 8, 133.5, 138.5, 15, 5),
    }
    assert {str(cell.value)[:1] for row in opened(made)["By month"]["D5:I8"] for cell in row} == {"="}


def test_the_year_so_far_and_a_year_at_this_rate(tmp_path: Path) -> None:
    book = worked_out(register_workbook(ROWS, APRIL_YEAR, "CAD", MADE), tmp_path)
    levels = rows_of(book, "In-year and run-rate")
    # 133.50 in the 89 days of February to April are 547.50 in 365; 138.50 are signed, no more than is still measured.
    first, last = datetime(2026, 2, 1), datetime(2026, 4, 1)  # noqa: DTZ001
    assert levels["INI-01"] == ("CAD", 90.5, 89.5, first, last, 547.5, 547.5)
    assert "INI-02" not in levels


def test_a_fiscal_year_that_is_the_calendar_year_has_one_number(tmp_path: Path) -> None:
    book = worked_out(register_workbook(ROWS, Calendar(date(2026, 4, 15), 1), "CAD", MADE), tmp_path)
    assert list(rows_of(book, "By fiscal year")) == ["FY 2026", "Together"]


def test_what_a_level_lacks_is_blank_where_nothing_is_above_zero(tmp_path: Path) -> None:
    book = worked_out(register_workbook([make_row("INI-01", 2, realised=-700)], APRIL_YEAR, "CAD", MADE), tmp_path)
    assert rows_of(book, "In-year and run-rate")["INI-01"][-2:] in {("", ""), (None, None)}


def test_an_empty_ledger_makes_an_empty_register(tmp_path: Path) -> None:
    assert faults(worked_out(register_workbook([], APRIL_YEAR, "CAD", MADE), tmp_path)) == []


def test_names_are_texts_and_the_same_rows_give_the_same_bytes() -> None:
    made = register_workbook(ROWS, APRIL_YEAR, "CAD", MADE)
    assert made == register_workbook(ROWS, APRIL_YEAR, "CAD", MADE)
    sheet = opened(made)["Register"]
    assert [sheet[f"B{row}"].data_type for row in range(8, 12)] == ["s"] * 4
    assert sheet.freeze_panes == "A8"
    assert "(" in sheet["I9"].number_format

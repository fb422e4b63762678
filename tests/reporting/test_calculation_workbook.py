"""The calculation as a workbook: worked out anew by a spreadsheet program it comes to the same cent."""

import re
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.measurement.monthly import _netting
from app.measurement.netting import Costs
from app.reporting.calculation_workbook import calculation_workbook
from app.values.money import Money
from tests.reporting.dossier_builders import (
    SEPTEMBER,
    make_claim,
    make_dossier,
    make_entry,
    make_figures,
    make_known,
    make_measured,
    make_netting,
)
from tests.reporting.spreadsheet import facts, faults, opened, worked_out

AUGUST = SEPTEMBER.replace(month=8)
# 200 calls at 5.00, 10 e-mails more at 4.00, calls of this reason cost 6.00, 80 of them 6.60; the neighbours took
# 108.00 back; 1 in 100 of 900 came back at 6.00; a quarter of 1,046.00 is others'. Running cost is 6.666..., the
# team's hours 10.005: rounded sums make them 6.67 and 10.00.
LINES = {
    "Headline claim": 1000.00,
    "Channel shift": -40.00,
    "Minutes of this reason": 200.00,
    "Rates that changed": 48.00,
    "Re-labelled into other reasons": -108.00,
    "Repeat contacts": -54.00,
    "Overlap with other initiatives": -261.50,
    "Dis-benefits": -10.00,
    "Running cost": -6.67,
    "One-off cost": -30.00,
    "The team's own hours": -10.00,
    "Net": 727.83,
}


def test_a_spreadsheet_program_finds_every_total_that_was_worked_out_by_hand(tmp_path: Path) -> None:
    made = calculation_workbook(make_dossier(earlier=(make_entry(4, AUGUST, 1234),)))
    book = worked_out(made, tmp_path)
    assert faults(book) == []
    lines = facts(book, "Netting", "G")
    assert {name: lines[name] for name in LINES} == LINES
    # 36,000 + 60,000 minor expected at exp(-0.085 - 0.01), less the 52,000 that came; three quarters of the way to it.
    # 6,360.00 expected x 0.909373 = 5,783.61 is 576.39 below; 727.83 - 0.75 x 576.39 = 295.54.
    assert lines["Low end of the net"] == 295.54
    assert lines["High end of the net"] == 1151.01
    booked = facts(book, "Booked")
    assert booked["Cumulative at this month-end"] == 295.54
    assert booked["This month"] == pytest.approx(283.20, abs=1e-9)
    assert booked["Contacts, cumulative"] == 68  # 1,090 x 0.909373 - 900 = 91.2; three quarters of it
    summary = facts(book, "Summary")
    assert summary["Avoided by this initiative"] == 142  # half of 142.5 goes to the even one
    assert summary["Booked since go-live (CAD)"] == 295.54


def test_what_a_spreadsheet_program_finds_is_what_the_application_wrote_beside_each_formula(tmp_path: Path) -> None:
    entry = make_entry(9, SEPTEMBER, 28_320)
    made = calculation_workbook(
        make_dossier(earlier=(make_entry(4, AUGUST, 1234),), realised=entry, realised_hash="c" * 64)
    )
    found, written = worked_out(made, tmp_path), opened(made, values=True)
    apart = []
    for sheet in opened(made):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f" or sheet.title == "Netting" and cell.column_letter in "DE":  # noqa: RUF021
                    continue
                here, there = found[sheet.title][cell.coordinate].value, written[sheet.title][cell.coordinate].value
                if there is None or here != pytest.approx(there, abs=1e-6):
                    apart.append((sheet.title, cell.coordinate, here, there))
    assert apart == []
    assert facts(found, "Booked")["Ledger less this calculation"] == 0


@pytest.mark.parametrize("minor", [Fraction(1, 2), Fraction(3, 2), Fraction(-5, 2), Fraction(10**9, 3)])
def test_halves_of_a_cent_go_the_way_that_the_application_rounds(tmp_path: Path, minor: Fraction) -> None:
    netting = make_netting(make_claim(costs=Costs(one_off=minor, hours=minor)))
    measured = make_measured(
        net_minor=round(netting.net), low_minor=round(netting.low), figures=make_figures(netting=_netting(netting))
    )
    lines = facts(worked_out(calculation_workbook(make_dossier(look=measured)), tmp_path), "Netting", "G")
    named = dict(zip(LINES, netting.whole_minors, strict=False))
    assert {name: round(float(str(lines[name])) * 100) for name in named} == named
    assert round(float(str(lines["Net"])) * 100) == round(netting.net)


def test_every_total_is_a_formula_and_every_input_a_figure() -> None:
    book = opened(calculation_workbook(make_dossier()))
    for sheet, column, names in (
        ("Netting", "G", LINES),
        ("Booked", "B", ("Cumulative at this month-end", "This month")),
    ):
        written = facts(book, sheet, column)
        assert {name: str(written[name])[:1] for name in names} == dict.fromkeys(names, "=")
    assert str(book["Days"].cell(book["Days"].max_row, 2).value).startswith("=SUM(")
    inputs = facts(book, "Netting", "B")
    assert inputs["    avoided by phone"] == 200
    assert inputs["    avoided by phone from 2026-09-01"] == 80


def test_a_missing_day_is_blank_and_not_zero() -> None:
    days = opened(calculation_workbook(make_dossier()))["Days"]
    tenth = [row for row in days.iter_rows(values_only=True) if str(row[0]).startswith("2026-08-10")]
    assert [row[1:4] for row in tenth] == [(None, None, None)]


def test_without_a_rate_there_is_no_money_and_contacts_are_told(tmp_path: Path) -> None:
    figures = make_figures(netting=None, worth=None, prices_minor={"phone": 600.0, "email": 0.0}, booked_contacts=0)
    measured = make_measured(net_minor=None, low_minor=None, high_minor=None, booked_minor=0, figures=figures)
    book = worked_out(calculation_workbook(make_dossier(look=measured)), tmp_path)
    assert faults(book) == []
    summary = facts(book, "Summary")
    assert summary["Net"] == "unknown"
    assert summary["Avoided by this initiative"] == 142
    assert facts(book, "Booked")["This month"] == 0
    assert "has no rate" in str(book["Netting"]["A2"].value)


def test_what_is_not_verified_is_booked_as_nothing_and_what_expired_stays(tmp_path: Path) -> None:
    measuring = calculation_workbook(make_dossier(look=make_measured(state="measuring", booked_minor=0)))
    (tmp_path / "1").mkdir()
    assert facts(worked_out(measuring, tmp_path / "1"), "Booked")["Cumulative at this month-end"] == 0
    before = make_measured(month=AUGUST, booked_minor=4321)
    expired = make_dossier(look=make_measured(state="expired", booked_minor=4321), before=before)
    (tmp_path / "2").mkdir()
    booked = facts(worked_out(calculation_workbook(expired), tmp_path / "2"), "Booked")
    assert booked["Cumulative at this month-end"] == 43.21


@pytest.mark.parametrize(
    "name", ["=1+1", "+41", "-x", "@SUM(A1)", '=HYPERLINK("http://x")', "שלום 😀", "a\x0bb", "x" * 40_000]
)
def test_names_are_texts_whatever_they_begin_with(name: str) -> None:
    made = calculation_workbook(make_dossier(known=make_known(name), targets=(name,)))
    cell = opened(made)["Summary"]["B6"]
    assert cell.data_type == "s"
    assert str(cell.value).replace("_x000B_", "\x0b")[:8] == name[:8]
    assert opened(made)["Summary"]["A1"].data_type == "s"


def test_the_same_figures_give_the_same_bytes_without_macros_and_links() -> None:
    made = calculation_workbook(make_dossier())
    assert made == calculation_workbook(make_dossier())
    assert not re.search(rb"vbaProject|externalLink", made)


def test_it_prints_one_page_wide_on_the_paper_that_was_asked_for() -> None:
    for paper, code in (("a4", "9"), ("letter", "1"), ("papyrus", "9")):
        for sheet in opened(calculation_workbook(make_dossier(), paper)):
            assert str(sheet.page_setup.paperSize) == code
            assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0), ("1", "0")}
    assert opened(calculation_workbook(make_dossier()))["Days"].freeze_panes == "A5"


def test_money_without_cents_has_no_cents(tmp_path: Path) -> None:
    book = worked_out(calculation_workbook(make_dossier(look=make_measured(currency="JPY"))), tmp_path)
    assert facts(book, "Netting", "G")["Net"] == 72_783


def test_two_years_of_days_are_written_at_once() -> None:
    count = 730
    starts = [str(SEPTEMBER.fromordinal(SEPTEMBER.toordinal() + number)) for number in range(count)]
    series = {"starts": starts, "observed": [10.0] * count, "expected": [12.3456789] * count}
    found = make_dossier(look=make_measured(figures=make_figures(series=series)))
    calculation_workbook(found)
    began = time.perf_counter()
    made = calculation_workbook(found)
    assert time.perf_counter() - began < 2
    assert len(made) < 100_000


def test_the_amount_to_sign_is_that_of_the_ledger_where_it_has_one() -> None:
    found: Any = make_dossier(earlier=(make_entry(4, AUGUST, 1234),))
    assert found.signed == Money(29_554 - 1234, "CAD")
    assert make_dossier(realised=make_entry(9, SEPTEMBER, 100)).signed == Money(100, "CAD")
    signed = make_dossier(realised=make_entry(9, SEPTEMBER, 100), validated=make_entry(10, SEPTEMBER, 90, "validated"))
    assert signed.signed == Money(90, "CAD")

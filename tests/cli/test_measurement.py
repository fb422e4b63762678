"""flask measurement try, as people script against it: real months, every option, and files that nobody can measure."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from flask import Flask

from app.cli import measurement
from tests.measurement.generators import GO_LIVE, Made, make

KEYS = [
    *("method", "method_version", "verdict", "findings", "every", "baseline", "reporting"),
    *("observed", "counterfactual", "avoided", "avoided_low", "avoided_high", "confidence"),
    *("relative", "relative_low", "relative_high", "minimum_detectable", "last_year", "series", "seconds"),
]
UNKNOWN = ["counterfactual", "avoided", "avoided_low", "avoided_high", "relative", "relative_low", "relative_high"]
Try = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Try:
    """Run the command on a file whose columns are called day and contacts unless told."""

    def invoke(path: Path, *words: str, plain: bool = False) -> Result:
        columns = () if plain else ("--date-column", "day", "--value-column", "contacts")
        return app.test_cli_runner().invoke(measurement.commands, ["try", str(path), *columns, *words])

    return invoke


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert list(found) == KEYS
    return found


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return path


def file_of(folder: Path, made: Made, **options: str) -> Path:
    """A run as a file; a blank where a day is missing."""
    rows = [
        (start, "" if np.isnan(came) else int(came), f"{orders:.2f}", int(control), int(control) + 5)
        for start, came, orders, control in zip(made.starts, made.contacts, made.orders, made.control, strict=True)
    ]
    return write(folder / "contacts.csv", ("day", "contacts", "orders", "near", "far"), rows, **options)


@pytest.fixture
def two_years(tmp_path: Path) -> Path:
    return file_of(tmp_path, make(0))


GO = ("--go-live", "2024-10-03")


def test_the_answer_is_one_json_object_with_the_keys_that_were_promised(run: Try, two_years: Path) -> None:
    found = answer(run(two_years, *GO, "--json"))
    made = make(0)
    assert (found["method"], found["method_version"], found["every"]) == ("2", "2.0", "day")
    assert found["baseline"] == {"start": "2023-01-02", "end": "2024-10-03", "periods": 640}
    assert found["reporting"] == {"start": "2024-10-03", "end": "2025-01-01", "periods": 90}
    assert found["observed"] == made.contacts[GO_LIVE:].sum()
    assert found["avoided"] == pytest.approx(found["counterfactual"] - found["observed"])
    assert found["relative"] == pytest.approx(1 - found["observed"] / found["counterfactual"])
    for end in ("low", "high"):
        avoided = found[f"avoided_{end}"]
        assert found[f"relative_{end}"] == pytest.approx(1 - found["observed"] / (found["observed"] + avoided))
    assert found["confidence"] == 0.9
    assert list(found["last_year"]) == ["counterfactual", "avoided", "relative"]
    assert [list(finding) for finding in found["findings"]] == [["code", "sentence"]] * len(found["findings"])
    assert len(found["series"]) == 90
    assert list(found["series"][0]) == ["start", "observed", "expected", "low", "high"]
    assert sum(point["expected"] for point in found["series"]) == pytest.approx(found["counterfactual"])
    assert sum(point["high"] for point in found["series"]) - found["observed"] == pytest.approx(found["avoided_high"])


def test_the_text_says_the_same_to_people(run: Try, two_years: Path) -> None:
    found = answer(run(two_years, *GO, "--driver-column", "orders", "--json"))
    result = run(two_years, *GO, "--driver-column", "orders")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "Verified (method 2, version 2.0)."
    assert lines[1] == f"Came {found['observed']:,.0f}, expected {found['counterfactual']:,.0f}."
    assert f"{found['avoided_low']:,.0f} to {found['avoided_high']:,.0f}" in lines[2]
    assert lines[-1].startswith("- ")


def test_the_charge_for_directory_assistance_is_found_as_it_was_published(run: Try, data_sets: Path) -> None:
    path = data_sets / "cincinnati" / "cincinnati_directory_assistance.csv"
    columns = ("--date-column", "month", "--value-column", "calls_per_day_hundreds", "--per-day")
    period = ("--go-live", "1974-03-01", "--start", "1969-03-01", "--end", "1975-03-01")
    found = answer(run(path, *columns, *period, "--json", plain=True))
    shares = [found[name] for name in ("relative", "relative_low", "relative_high")]
    assert shares == pytest.approx([0.787, 0.742, 0.825], abs=0.002)
    assert (found["every"], found["method"]) == ("month", "1")
    assert (found["baseline"]["periods"], found["reporting"]["periods"]) == (60, 12)


def test_a_daily_average_is_multiplied_by_the_days_of_its_month(run: Try, tmp_path: Path) -> None:
    months = [date(2020 + number // 12, number % 12 + 1, 1) for number in range(50)]
    path = write(tmp_path / "months.csv", ("day", "contacts"), [(month, 10) for month in months])
    go_live = ("--go-live", "2024-02-01")
    assert answer(run(path, *go_live, "--per-day", "--json"))["observed"] == 290
    assert answer(run(path, *go_live, "--json"))["observed"] == 10


def test_months_are_measured_on_three_years_unless_told(run: Try, tmp_path: Path) -> None:
    months = [date(2015 + number // 12, number % 12 + 1, 1) for number in range(100)]
    path = write(tmp_path / "months.csv", ("day", "contacts"), [(month, 900) for month in months])
    found = answer(run(path, "--go-live", "2023-01-01", "--json"))
    assert found["baseline"] == {"start": "2020-01-01", "end": "2023-01-01", "periods": 36}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--every", "week"], {"every": "week", "method": "1"}),
        (["--every", "month"], {"every": "month", "method": "1"}),
        (["--every", "day", "--method", "1"], {"every": "day", "method": "1"}),
        (["--every", "week", "--method", "2"], {"every": "week", "method": "1"}),
        (["--confidence", "0.8"], {"confidence": 0.8}),
        (["--start", "2023-06-01"], {"baseline": {"start": "2023-06-01", "end": "2024-10-03", "periods": 490}}),
        (["--announced", "2024-09-03"], {"baseline": {"start": "2023-01-02", "end": "2024-09-03", "periods": 610}}),
        (["--announced", "2024-12-01"], {"baseline": {"start": "2023-01-02", "end": "2024-10-03", "periods": 640}}),
        (["--end", "2024-11-01"], {"reporting": {"start": "2024-10-03", "end": "2024-11-01", "periods": 29}}),
        (["--exclude", "2024-10-05..2024-10-07", "--exclude", "2024-12-24..2024-12-27"], {"observed": None}),
        (["--ramp-end", "2024-12-20"], {"verdict": "verified"}),
        (["--driver-column", "orders", "--control-column", "near", "--control-column", "far"], {"method": "2"}),
        (["--holidays", "ca-on"], {"method": "2"}),
        (["--holidays", "GB"], {"method": "2"}),
    ],
)
def test_every_option_does_what_it_says(
    run: Try, two_years: Path, words: list[str], expected: dict[str, object]
) -> None:
    found = answer(run(two_years, *GO, *words, "--json"))
    if "--exclude" in words:
        out = [2, 3, 82, 83, 84]
        kept = [value for number, value in enumerate(make(0).contacts[GO_LIVE:]) if number not in out]
        assert [number for number, point in enumerate(found["series"]) if point["observed"] is None] == out
        expected = {"observed": sum(kept)}
    assert {name: found[name] for name in expected} == expected


def test_options_that_move_the_estimate_move_it(run: Try, two_years: Path) -> None:
    plain = answer(run(two_years, *GO, "--json"))["counterfactual"]
    for words in (["--driver-column", "orders"], ["--control-column", "near"], ["--holidays", "US"], ["--method", "1"]):
        assert answer(run(two_years, *GO, *words, "--json"))["counterfactual"] != plain


def test_the_ramp_is_counted_in_the_contacts_and_not_in_the_waiting_time(run: Try, tmp_path: Path) -> None:
    path = file_of(tmp_path, make(2).with_contacts(make(2).without))
    words = (*GO, "--driver-column", "orders", "--json")
    without, with_ramp = answer(run(path, *words)), answer(run(path, *words, "--ramp-end", "2024-10-10"))
    assert without["verdict"] == "not distinguishable from noise"
    assert with_ramp["verdict"] == "measuring"
    assert without["avoided"] == with_ramp["avoided"]


def test_eight_other_columns_tell_the_common_move_and_seven_do_not(run: Try, tmp_path: Path) -> None:
    others = [make(seed).without for seed in range(1, 9)]
    fallen = [figures * np.where(np.arange(730) >= GO_LIVE, 0.8, 1.0) for figures in others]
    names = [f"other{number}" for number in range(8)]
    made = make(0)
    rows = zip(made.starts, made.contacts, *(figures.round() for figures in fallen), strict=True)
    path = write(tmp_path / "many.csv", ("day", "contacts", *names), list(rows))
    eight = answer(run(path, *GO, *(word for name in names for word in ("--other-column", name)), "--json"))
    seven = answer(run(path, *GO, *(word for name in names[:7] for word in ("--other-column", name)), "--json"))
    alone = answer(run(path, *GO, "--json"))
    assert seven["counterfactual"] == alone["counterfactual"]
    # Everything else fell by a fifth: half of that (in logarithms) is taken out.
    assert eight["counterfactual"] / alone["counterfactual"] == pytest.approx(0.8**0.5, abs=0.03)
    codes = [[finding["code"] for finding in found["findings"]] for found in (eight, seven)]
    assert ["no common departure" in found for found in codes] == [False, True]


def test_rows_in_any_order_with_any_separator_and_absent_rows_are_the_same_file(run: Try, tmp_path: Path) -> None:
    made = make(0)
    gapped = made.contacts.copy()
    gapped[[5, 700]] = np.nan
    plain = answer(run(file_of(tmp_path, made.with_contacts(gapped)), *GO, "--json"))
    rows = [(start, int(came)) for start, came in zip(made.starts, gapped, strict=True) if not np.isnan(came)]
    for delimiter in (";", "\t", "|"):
        path = write(tmp_path / "turned.csv", ("day", "contacts"), rows[::-1], delimiter)
        found = answer(run(path, *GO, "--json"))
        assert {**found, "seconds": 0} == {**plain, "seconds": 0}


def test_a_file_by_weeks_is_measured_by_weeks(run: Try, tmp_path: Path) -> None:
    weeks = [date(2023, 1, 2) + timedelta(weeks=number) for number in range(100)]
    path = write(tmp_path / "weeks.csv", ("day", "contacts"), [(week, 700) for week in weeks])
    found = answer(run(path, "--go-live", str(weeks[80]), "--json"))
    assert (found["every"], found["method"]) == ("week", "1")
    assert found["reporting"]["periods"] == 20


def test_a_missing_week_stays_missing(run: Try, tmp_path: Path) -> None:
    weeks = [date(2023, 1, 2) + timedelta(weeks=number) for number in range(100) if number not in {20, 90}]
    path = write(tmp_path / "weeks.csv", ("day", "contacts"), [(week, 700) for week in weeks])
    found = answer(run(path, "--go-live", "2024-07-15", "--json"))
    assert (found["baseline"]["periods"], found["reporting"]["periods"]) == (79, 19)
    assert len(found["series"]) == 20


def test_a_tiny_baseline_is_no_error(run: Try, two_years: Path) -> None:
    for go_live in ("2023-01-03", "2023-01-20", "2023-02-20", "2023-06-01"):
        found = answer(run(two_years, "--go-live", go_live, "--json"))
        assert found["verdict"] == "baseline insufficient"
        assert all(found[name] is not None for name in UNKNOWN)


@pytest.mark.parametrize("go_live", ["2022-06-01", "2023-01-02"])
def test_without_a_single_day_before_go_live_there_is_a_verdict_and_what_came(
    run: Try, two_years: Path, go_live: str
) -> None:
    found = answer(run(two_years, "--go-live", go_live, "--json"))
    assert found["verdict"] == "baseline insufficient"
    assert found["observed"] == make(0).contacts.sum()
    assert {found[name] for name in (*UNKNOWN, "minimum_detectable")} == {None}
    assert set(found["last_year"].values()) == {None}
    assert found["baseline"]["periods"] == 0
    assert len(found["series"]) == found["reporting"]["periods"] == 730
    text = run(two_years, "--go-live", go_live)
    assert text.exit_code == 0
    assert text.stdout.startswith("Baseline insufficient (method 2, version 2.0).\nCame ")


def test_a_report_that_reaches_beyond_the_file_and_the_credit_is_measured_as_far_as_both_go(
    run: Try, two_years: Path
) -> None:
    found = answer(run(two_years, *GO, "--end", "9999-12-31", "--json"))
    assert found["reporting"] == {"start": "2024-10-03", "end": "2026-10-03", "periods": 90}


def test_two_years_after_the_full_go_live_the_credit_is_over(run: Try, tmp_path: Path) -> None:
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(1600)]
    path = write(tmp_path / "long.csv", ("day", "contacts"), [(day, 50 + day.day) for day in days])
    over, running = ("2022-01-01", "2022-06-01")
    assert answer(run(path, "--go-live", over, "--json"))["verdict"] == "expired"
    assert answer(run(path, "--go-live", over, "--end", "2024-01-01", "--json"))["verdict"] != "expired"
    assert answer(run(path, "--go-live", over, "--ramp-end", running, "--json"))["verdict"] != "expired"

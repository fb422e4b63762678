import pytest

from app.config import Settings
from app.contacts import importing
from app.contacts.durations import Durations, NotADuration, has_decimal_comma, unit_of
from app.contacts.rules import Choices
from app.db import Database
from tests.intake_builders import NOW, SOURCE, contacts, counts, import_rows, make_file, make_settings


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("handle_seconds", "seconds"),
        ("Dauer", "seconds"),
        ("Dauer (Min)", "minutes"),
        ("AHT_min", "minutes"),
        ("DurationMinutes", "minutes"),
        ("TALK TIME MINS", "minutes"),
        ("Minuten", "minutes"),
        ("hrs", "hours"),
        ("Duration in hours", "hours"),
        ("Handle time (s)", "seconds"),
        ("Admin time", "seconds"),
        ("Time hh:mm:ss", "h:mm:ss"),
        ("", "seconds"),
    ],
)
def test_a_header_says_the_unit(header: str, unit: str) -> None:
    assert unit_of(header) == unit


@pytest.mark.parametrize(
    ("durations", "text", "seconds"),
    [
        (Durations(), "270", 270),
        (Durations(), " 61.4 ", 61),
        (Durations(), "-", None),
        (Durations(), "", None),
        (Durations(), "0:04:30", 270),
        (Durations(), "-0:00:30", -30),
        (Durations(), "270 s", 270),
        (Durations(), "4.5 min", 270),
        (Durations(), "4 min 30 sec.", 270),
        (Durations(), "1h 5m", 3900),
        (Durations("minutes"), "2", 120),
        (Durations("minutes"), "4.5", 270),
        (Durations("minutes", has_decimal_comma=True), "4,5", 270),
        (Durations("minutes", has_decimal_comma=True), "-4,5", -270),
        (Durations("minutes", has_decimal_comma=True), "4,5 Min", 270),
        (Durations("minutes"), "4:30", 270),
        (Durations("minutes"), "0:04:30", 270),
        (Durations("minutes"), "270 s", 270),
        (Durations("hours"), "0.5", 1800),
        (Durations("hours"), "1:30", 5400),
        (Durations("h:mm:ss"), "4:30", 270),
        (Durations("h:mm:ss"), "12 s", 12),
    ],
)
def test_a_duration_is_whole_seconds(durations: Durations, text: str, seconds: int | None) -> None:
    assert durations.seconds(text) == seconds


@pytest.mark.parametrize(
    ("durations", "text"),
    [
        (Durations(), "4,5"),
        (Durations(), "4:30"),
        (Durations(), "soon"),
        (Durations(), "4 parsecs"),
        (Durations(), "4 min soon"),
        (Durations(), "4,5 min"),
        (Durations(), "nan"),
        (Durations(), "inf"),
        (Durations("minutes"), "1e9"),
        (Durations("h:mm:ss"), "270"),
        (Durations("minutes", has_decimal_comma=True), "4,5,6"),
    ],
)
def test_what_is_no_duration_is_refused(durations: Durations, text: str) -> None:
    with pytest.raises(NotADuration, match=text[:4]):
        durations.seconds(text)


@pytest.mark.parametrize(
    ("cells", "is_decimal"),
    [
        (["4,5", "2"], True),
        (["0,125"], True),
        (["1,250", "4,5"], True),
        (["1,250"], False),
        (["4,5", "4.5"], False),
        (["1,250.5"], False),
        (["4,5", "x, y"], False),
        (["4", "5"], False),
        (["4,5 Min.", "0:04:30"], True),
    ],
)
def test_a_comma_begins_a_fraction_where_all_values_fit(cells: list[str], *, is_decimal: bool) -> None:
    assert has_decimal_comma(cells) == is_decimal


@pytest.fixture
def installation(sqlite_database: Database, tmp_path: object) -> Settings:
    return make_settings(sqlite_database, tmp_path)  # type: ignore[arg-type]


HEADER = ("Nr", "Wann", "Dauer (Min)", "Kanal", "Richtung")
MAPPING = {
    "columns": {
        "external_id": "Nr",
        "occurred_at": "Wann",
        "handle_seconds": "Dauer (Min)",
        "channel": "Kanal",
        "direction": "Richtung",
    }
}
ROWS = [
    ["1", "2026-09-01 10:00", "4,5", "Anruf", "ein"],
    ["2", "2026-09-01 11:00", "2", "E-Mail", "Ausgehend"],
    ["3", "2026-09-01 12:00", "0:04:30", "Telefon", "incoming"],
]


def test_minutes_with_a_comma_and_german_words_come_in_as_they_are_meant(
    sqlite_database: Database, installation: Settings
) -> None:
    path = make_file(installation.instance, ROWS, HEADER)
    seen = importing.preview_file(sqlite_database, installation, path, Choices(SOURCE, mapping=MAPPING), at=NOW)
    assert seen.columns[2].examples == ("4,5 is 4:30", "2 is 2:00", "0:04:30 is 4:30")
    assert "Numbers under “Dauer (Min)” were read as minutes." in seen.remarks
    import_rows(sqlite_database, installation, ROWS, header=HEADER, mapping=MAPPING)
    found = [(row["handle_seconds"], row["channel"], row["direction"]) for row in contacts(sqlite_database)]
    assert found == [(270, "phone", "inbound"), (120, "email", "outbound"), (270, "phone", "inbound")]


def test_a_mapping_says_the_unit_and_what_words_mean(sqlite_database: Database, installation: Settings) -> None:
    rows = [["1", "2026-09-01 10:00", "4", "Brieftaube", "hin"], ["2", "2026-09-01 10:00", "4", "brieftaube ", "quer"]]
    mapping = {
        **MAPPING,
        "units": {"handle_seconds": "hours"},
        "words": {"channel": {"Brieftaube": "other"}, "direction": {"HIN": "outbound"}},
    }
    batch = import_rows(sqlite_database, installation, rows, header=HEADER, mapping=mapping)
    assert counts(batch) == {"read": 2, "new": 1, "rejected": 1, "untagged": 1}
    (row,) = contacts(sqlite_database)
    assert (row["handle_seconds"], row["channel"], row["direction"]) == (14400, "other", "outbound")


def test_words_that_nobody_knows_are_gathered_for_the_page(sqlite_database: Database, installation: Settings) -> None:
    rows = [[str(number), "2026-09-01", "4", f"Kanal {number % 30}", "ein"] for number in range(60)]
    rows.append(["99", "2026-09-01", "4", "Anruf", "quer"])
    path = make_file(installation.instance, rows, HEADER)
    seen = importing.preview_file(sqlite_database, installation, path, Choices(SOURCE, mapping=MAPPING), at=NOW)
    assert len(seen.unknown_words) == 20
    assert seen.unknown_words[0] == ("channel", "Kanal 0")

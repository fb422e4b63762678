import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import Database
from app.people import trail
from app.people.rules import Actor
from app.web.admin.audit import ROWS_A_PAGE, place_of
from tests.builders import make_department, make_reason, make_user
from tests.web.pages import read

Facts = Mapping[str, object] | None
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)


@pytest.fixture
def admin(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("admin", name="Marta")


def record(database: Database, *entries: tuple[str, str, Facts, Facts]) -> None:
    def work(session: Session) -> None:
        dana = make_user(session, name="Dana")
        for hour, (action, subject, before, after) in enumerate(entries):
            by = Actor(dana.id, "Dana") if hour % 2 == 0 else Actor(None, "command line")
            at = NOON + timedelta(hours=hour)
            trail.record(session, action, subject, by=by, at=at, before=before, after=after)

    database.write(work)


def numbers(html: str) -> list[int]:
    """The entries that the page shows, in its order."""
    return [
        int(small.text.rsplit(" ", 1)[1].replace(",", "")) for small in read(html).all("small") if "entry" in small.text
    ]


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


FOUR = (
    ("reason.renamed", "reason:12", {"name": "Late", "owner": None}, {"name": "Very late", "owner": "Fulfilment"}),
    ("import.confirmed", "batch:1", None, {"file": "=cmd|' /C calc'!A0", "read": 4, "new": 3}),
    ("reason.retired", "reason:1", {"is_retired": False}, {"is_retired": True}),
    ("rate.added", "rate:1", None, None),
)


def test_a_change_is_told_with_who_when_what_before_and_after(admin: FlaskClient, database_of_app: Database) -> None:
    record(database_of_app, FOUR[0])
    page = read(admin.get("/audit").text)
    assert page.finding == "Dana made the last change, on Mon 14 Sep 2026, 12:00."
    row = " ".join(page.all("tr")[1].text.split())
    assert row == ("Mon 14 Sep 2026, 12:00Dana reason renamedreason 12, entry 1 name: Late Very late owner: Fulfilment")
    assert [one.text for one in page.all("del")] == ["Late"]
    assert [one.text for one in page.all("ins")] == ["Very late", "Fulfilment"]


def test_a_number_of_a_person_a_department_or_a_reason_stands_beside_its_name(
    admin: FlaskClient, database_of_app: Database
) -> None:
    def name(session: Session) -> tuple[int, int, int]:
        late = make_reason(session, "Late")
        return make_user(session, name="Juno").id, make_department(session, "Fulfilment").id, late.id

    juno, fulfilment, late = database_of_app.write(name)
    after = {"owner_id": juno, "department_id": fulfilment, "reason_ids": [late, 98765], "merged_into_id": 98765}
    record(database_of_app, ("initiative.changed", "initiative:1", None, after))
    told = [one.text for one in read(admin.get("/audit").text).all("ins")]
    assert told[:4] == [f"Juno ({juno})", f"Fulfilment ({fulfilment})", f"Late ({late}), 98765", "98765"]
    assert [line["after"] for line in lines(admin.get("/audit.csv").text)][:2] == [str(juno), str(fulfilment)]


def test_without_a_change_the_page_says_so(admin: FlaskClient) -> None:
    assert read(admin.get("/audit").text).finding == "No change was made yet."
    assert read(admin.get("/audit?subject=reason").text).finding == "No change fits these filters."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [4, 3, 2, 1]),
        ("who=command+line", [4, 2]),
        ("who=2", [3, 1]),
        ("subject=reason", [3, 1]),
        ("subject=reason:1", [3]),
        ("action=reason.retired", [3]),
        ("first=2026-09-14&last=2026-09-14", [4, 3, 2, 1]),
        ("first=2026-09-15", []),
        ("last=2026-09-13", []),
        ("who=2&subject=reason:12&action=reason.renamed", [1]),
        ("who=nobody", []),
        ("before=3", [2, 1]),
        ("before=x", [4, 3, 2, 1]),
    ],
)
def test_page_and_export_show_the_same_changes(
    admin: FlaskClient, database_of_app: Database, query: str, expected: list[int]
) -> None:
    record(database_of_app, *FOUR)
    assert numbers(admin.get(f"/audit?{query}").text) == expected
    if "before" not in query:
        exported = [int(line["number"]) for line in lines(admin.get(f"/audit.csv?{query}").text)]
        assert list(dict.fromkeys(exported)) == expected


def test_a_day_is_the_installations_from_midnight_to_midnight(
    app: Flask, admin: FlaskClient, database_of_app: Database
) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], timezone=ZoneInfo("Europe/Berlin"))
    half_past_midnight = datetime(2026, 9, 14, 22, 30, tzinfo=UTC)
    by = Actor(None, "command line")
    database_of_app.write(lambda session: trail.record(session, "a.b", "c:1", by=by, at=half_past_midnight))
    assert numbers(admin.get("/audit?first=2026-09-15&last=2026-09-15").text) == [1]
    assert numbers(admin.get("/audit?last=2026-09-14").text) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=2026-13-01", "“2026-13-01” is no day."),
        ("last=soon", "“soon” is no day."),
        ("first=2026-09-15&last=2026-09-14", "The last day lies before the first."),
    ],
)
def test_a_filter_that_cannot_be_is_told_and_kept(
    admin: FlaskClient, database_of_app: Database, query: str, sentence: str
) -> None:
    record(database_of_app, FOUR[0])
    answer = admin.get(f"/audit?{query}")
    assert answer.status_code == 422
    assert sentence in read(answer.text).one("p", role="alert").text
    assert admin.get(f"/audit.csv?{query}").status_code == 422


def test_pages_follow_one_another_and_keep_the_filter(admin: FlaskClient, database_of_app: Database) -> None:
    record(database_of_app, *(("a.b", f"c:{number}", None, None) for number in range(2 * ROWS_A_PAGE + 3)))
    seen: list[int] = []
    address = "/audit?who=2"
    while True:
        page = read(admin.get(address).text)
        seen += numbers(admin.get(address).text)
        older = [link for link in page.all("a") if link.text == "Older changes"]
        if not older:
            break
        address = older[0].get("href")
        assert "who=2" in address
    assert seen == [number for number in range(2 * ROWS_A_PAGE + 3, 0, -1) if number % 2 == 1]


def test_the_export_has_a_line_a_fact_and_starts_no_formula(admin: FlaskClient, database_of_app: Database) -> None:
    record(database_of_app, *FOUR)
    answer = admin.get("/audit.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    found = [tuple(line.values()) for line in lines(answer.text)]
    assert found == [
        ("4", "2026-09-14T15:00:00Z", "command line", "rate.added", "rate:1", "", "", ""),
        ("3", "2026-09-14T14:00:00Z", "Dana", "reason.retired", "reason:1", "is retired", "no", "yes"),
        ("2", "2026-09-14T13:00:00Z", "command line", "import.confirmed", "batch:1", "file", "", "'=cmd|' /C calc'!A0"),
        ("2", "2026-09-14T13:00:00Z", "command line", "import.confirmed", "batch:1", "read", "", "4"),
        ("2", "2026-09-14T13:00:00Z", "command line", "import.confirmed", "batch:1", "new", "", "3"),
        ("1", "2026-09-14T12:00:00Z", "Dana", "reason.renamed", "reason:12", "name", "Late", "Very late"),
        ("1", "2026-09-14T12:00:00Z", "Dana", "reason.renamed", "reason:12", "owner", "", "Fulfilment"),
    ]


def test_a_subject_leads_to_its_page_where_there_is_one(app: Flask) -> None:
    with app.test_request_context():
        assert place_of("person:3") == "/settings/people/3"
        assert place_of("department:3") == "/settings/departments/3"
        assert place_of("import:3") == "/imports/3"
        assert place_of("person:x") is None
        assert place_of("rate:1") is None
        assert place_of("person:") is None
        assert place_of("nothing") is None


def test_names_that_hold_markup_are_shown_as_they_are(admin: FlaskClient, database_of_app: Database) -> None:
    record(database_of_app, ("a.b", "c:<b>1</b>", None, {"name": "<script>alert(1)</script>"}))
    text = admin.get("/audit").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text

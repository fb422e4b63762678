"""Which days the calculation page says were left out, and where it knows that from."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.measurement.tables import OtherChange
from tests.builders import AT
from tests.calculation_builders import make_figures
from tests.web.pages import read
from tests.web.sponsor.test_calculation import PAGE, SignIn, make, words


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 9, 14, 9, 30, tzinfo=UTC))


def put_into_register(session: Session, name: str, days: tuple[date, date], approved_at: datetime | None) -> None:
    decided: dict[str, Any] = {"state": "proposed", "decided_at": None, "decided_by": None}
    if approved_at is not None:
        decided = {"state": "approved", "decided_at": approved_at, "decided_by": "Dora"}
    session.add(
        OtherChange(
            kind="outage",
            name=name,
            start=days[0],
            end=days[1],
            evidence="Ticket 4711",
            form_key=name,
            proposed_by="Mara",
            proposed_at=AT,
            note="",
            **decided,
        )
    )


def test_what_was_excluded_is_named_beside_the_figures_and_leads_to_its_row(
    signed_in: SignIn, database_of_app: Database
) -> None:
    """Two outages share a day, which counts once; what was approved after the look is not claimed to be left out."""

    def add(session: Session) -> None:
        figures = make_figures()
        for place in (5, 6, 7):  # 6 to 8 July
            figures["series"]["observed"][place] = figures["series"]["expected"][place] = None
        make(session, figures=figures)
        put_into_register(session, "Line down", (date(2026, 7, 6), date(2026, 7, 8)), AT)
        put_into_register(session, "Power cut", (date(2026, 7, 7), date(2026, 7, 9)), AT)
        put_into_register(session, "Spring strike", (date(2026, 3, 1), date(2026, 3, 11)), AT)
        put_into_register(session, "Late news", (date(2026, 8, 3), date(2026, 8, 4)), AT + timedelta(hours=1))
        put_into_register(session, "Perhaps", (date(2026, 8, 5), date(2026, 8, 6)), None)

    database_of_app.write(add)
    client = signed_in("finance")
    text = client.get(f"{PAGE}?every=day").text
    page = read(text)
    left_out = " ".join(page.one("dl", class_="figures mb-4").text.replace("\u00a0", " ").split())
    assert "Left out3 daysof the report, 10 days of the baseline" in left_out
    assert "Spring strike" in left_out
    assert "Late news" not in left_out
    rows = {one.get("href") for one in page.all("a") if one.get("href").startswith("/changes#")}
    assert rows == {f"/changes#{place}" for place in ("change-1", "change-2", "change-3", "change-4", "open-5")}
    there = {one.get("id") for one in read(client.get("/changes").text).elements}
    assert {row.partition("#")[2] for row in rows} <= there
    # Drawn with its name, wide and narrow, and named to who does not see the drawing; March lies before it.
    assert text.count(">left out: Line down</text>") == 2
    assert "left out: Spring" not in text
    assert text.count("Left out: Spring strike, ") == 2
    missing = [one.text for one in page.all("td") if "left out:" in one.text]
    assert [" ".join(one.split()) for one in missing] == [
        "left out: Line down",
        "left out: Line down, Power cut",
        "left out: Power cut",
    ]
    weeks = words(client.get(f"{PAGE}?every=week"))
    assert "without Line down" in weeks


def test_what_was_left_out_is_what_the_look_kept_whatever_the_register_says_today(
    signed_in: SignIn, database_of_app: Database
) -> None:
    def add(session: Session) -> None:
        put_into_register(session, "Line down", (date(2026, 7, 6), date(2026, 7, 8)), AT)
        kept = {"id": 1, "name": "Power cut", "start": "2026-07-07", "end": "2026-07-10"}
        make(session, figures=make_figures(excluded=[kept]))

    database_of_app.write(add)
    page = read(signed_in("finance").get(f"{PAGE}?every=day").text)
    left_out = " ".join(page.one("dl", class_="figures mb-4").text.replace("\u00a0", " ").split())
    assert "Left out3 daysof the report, 0 days of the baseline: Power cut" in left_out
    assert "Line down" not in left_out

"""The pages of totals and of drivers."""

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.counting.tables import DailyTotal, ImportedTotal, PeriodFile
from app.db import Database

ROWS = "2026-08-03,Late,phone,12\n2026-08-04,Late,phone,many\n2026-08-06,Late,phone,9\n"
TOTALS = f"period_start,reason,channel,contacts\n{ROWS}"
DRIVERS = "period_start,value\n2026-08-03,120\n2026-08-04,0\n2026-08-06,90\n"


def send(client: FlaskClient, address: str, text: str, **fields: str) -> tuple[int, str, str]:
    file = (io.BytesIO(text.encode()), "figures.csv")
    answer = client.post(address, data={"file": file, **fields}, content_type="multipart/form-data")
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_a_lead_takes_totals_in_sees_every_row_counted_and_takes_the_file_back(
    signed_in: Callable[..., FlaskClient], database_of_app: Database
) -> None:
    lead = signed_in("lead")
    assert "No totals have come in yet." in lead.get("/totals").text
    status, place, _ = send(lead, "/totals", TOTALS, source="Switch", grain="day")
    assert (status, place) == (302, "/totals/files/1")
    page = lead.get(place).text
    assert "2\u00a0new totals were taken in. 1\u00a0row needs a look." in page
    assert "“many” is no number" in page
    listed = lead.get("/totals").text
    assert "21\u00a0contacts came as totals." in listed
    assert "4 Aug - 5 Aug 2026" in listed
    rejects = lead.get(f"{place}/rejects.csv").text.splitlines()
    assert rejects[0] == "period_start,reason,channel,contacts,rejected_line,rejected_because"
    assert rejects[1].startswith("2026-08-04,Late,phone,many,3,")
    corrected = "\n".join(rejects).replace("many", "4")
    _, again, _ = send(lead, "/totals", corrected, source="Switch", grain="day")
    with database_of_app.reading() as session:
        assert session.scalar(select(func.sum(DailyTotal.handled))) == 25
    for _ in range(2):
        assert lead.post(f"{again}/remove").status_code == 302
    assert "This file was taken back." in lead.get(again).text
    with database_of_app.reading() as session:
        assert session.scalar(select(func.sum(DailyTotal.handled))) == 21


def test_sent_twice_a_file_is_there_once(signed_in: Callable[..., FlaskClient], database_of_app: Database) -> None:
    lead = signed_in("lead")
    for _ in range(2):
        send(lead, "/totals", TOTALS, source="Switch", grain="day")
    assert "Nothing in this file was new." in lead.get("/totals/files/2").text
    with database_of_app.reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportedTotal)) == 2


def test_what_cannot_be_taken_in_is_said_on_the_page_and_nothing_is_kept(
    signed_in: Callable[..., FlaskClient], database_of_app: Database
) -> None:
    lead = signed_in("lead")
    for text, fields, sentence in (
        (TOTALS, {"source": "", "grain": "day"}, "Name the system"),
        (TOTALS, {"source": "Switch", "grain": "year"}, "Choose from the list"),
        ("a,b\n1,2\n", {"source": "Switch", "grain": "day"}, "no column “period_start”"),
        ("", {"source": "Switch", "grain": "day"}, "is empty"),
        (TOTALS, {"source": "by hand", "grain": "day"}, "people log"),
    ):
        status, _, page = send(lead, "/totals", text, **fields)
        assert status == 422
        assert sentence in page
    status, _, page = send(lead, "/drivers", DRIVERS)
    assert status == 422
    assert "which driver" in page
    assert lead.post("/totals", data={"source": "x", "grain": "day"}).status_code == 422
    assert lead.get("/drivers/files/7").status_code == 404
    assert lead.post("/totals/files/7/remove").status_code in {302, 404}
    with database_of_app.reading() as session:
        assert session.scalar(select(func.count()).select_from(PeriodFile)) == 0


def test_a_lead_takes_drivers_in_and_sees_what_is_missing(signed_in: Callable[..., FlaskClient]) -> None:
    lead = signed_in("lead")
    assert "No driver is known yet." in lead.get("/drivers").text
    status, place, _ = send(lead, "/drivers", DRIVERS, driver="Orders", unit="orders a day")
    assert (status, place) == (302, "/drivers/files/1")
    assert "A driver is above 0." in lead.get(place).text
    listed = lead.get("/drivers").text
    assert "1\u00a0driver is known." in listed
    assert "4 Aug - 5 Aug 2026" in listed
    lead.post(f"{place}/remove")
    assert "No driver is known yet." in lead.get("/drivers").text


def test_the_ranking_says_which_months_it_leaves_out(signed_in: Callable[..., FlaskClient]) -> None:
    lead = signed_in("lead")
    monthly = "period_start,reason,contacts\n2026-07-01,Late,100\n2026-08-01,Late,120\n"
    send(lead, "/totals", monthly, source="Old switch", grain="month")
    whole = lead.get("/ranking?from=2026-07-01&to=2026-09-01").text
    assert "220" in whole
    assert "left out" not in whole
    cut = lead.get("/ranking?from=2026-07-10&to=2026-09-01").text
    assert "Old switch gave monthly totals, and these days take only a part of 1 Jul - 31 Jul 2026." in cut
    assert lead.get("/ranking").status_code == 200

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.people import passwords
from app.people.rules import Actor
from app.reasons import actions
from tests.browser.conftest import Served, Window
from tests.builders import make_user

EMAIL, PASSWORD = "jonas@example.test", "seven grey herons"
ROWS = """external_id,occurred_at,channel,reason,note
1,2026-09-14T08:00:00Z,phone,Delivery > Late,Where is it?
2,2026-09-15T08:00:00Z,email,,Something else
3,2026-09-15T25:00:00Z,phone,Refund,
"""
STRANGE = "Opened,Why\n03/04/2026 08:00,Delivery\n05/04/2026 08:00,Refund\n"

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


@pytest.fixture
def desk(empty: Served) -> Served:
    """A new installation with a lead."""
    password_hash = passwords.make_hash(PASSWORD, EMAIL)
    empty.app.extensions["database"].write(
        lambda session: make_user(session, roles=("lead",), email=EMAIL, password_hash=password_hash)
    )
    return empty


def open_imports(desk: Served, window: Open, **options: object) -> Window:
    opened = window(desk, **options)
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/imports")
    return opened


def look_through(page: Page, folder: Path, content: str, name: str = "week.csv") -> None:
    file = folder / name
    file.write_text(content, encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Source").fill("Zendesk")
    page.get_by_role("button", name="Look through the file").click()


def finding(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text().replace("\u00a0", " ")


def test_a_days_file_is_taken_in_looked_at_and_taken_back(desk: Served, window: Open, tmp_path: Path) -> None:
    page = open_imports(desk, window).page
    look_through(page, tmp_path, ROWS)
    expect(page.get_by_role("button", name="Take in 2 rows")).to_be_visible()
    assert finding(page) == "2 new contacts are ready. 1 row needs a look."
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Undo the import")).to_be_visible()
    assert finding(page) == "2 new contacts were taken in."
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert "2026-09-15T25:00:00Z" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("link", name="Undo the import").click()
    assert finding(page) == "Undo removes 2 contacts."
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This import was undone.")


def test_a_strange_file_is_mapped_and_its_question_answered(desk: Served, window: Open, tmp_path: Path) -> None:
    page = open_imports(desk, window).page
    look_through(page, tmp_path, STRANGE, "strange.csv")
    page.get_by_role("link", name="Say what its columns are").click()
    page.get_by_role("combobox", name="Opened").select_option(label="When it came")
    page.get_by_role("combobox", name="Why").select_option(label="Reason, first level")
    page.get_by_role("button", name="Look through the file").click()
    page.get_by_role("button", name="Day first: 3 April 2026").click()
    expect(page.get_by_role("button", name="Take in 2 rows")).to_be_visible()
    expect(page.locator(".where")).to_contain_text("3 Apr - 5 Apr 2026")


def test_a_file_can_be_dropped_on_its_field(desk: Served, window: Open) -> None:
    page = open_imports(desk, window).page
    data = page.evaluate_handle(
        "text => { const all = new DataTransfer(); all.items.add(new File([text], 'dropped.csv')); return all; }", ROWS
    )
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": data})
    page.get_by_label("Source").fill("Zendesk")
    page.get_by_role("button", name="Look through the file").click()
    expect(page.locator(".where")).to_contain_text("dropped.csv")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_everybody_can_use_every_page_of_an_import(
    desk: Served, window: Open, tmp_path: Path, size: str, theme: str
) -> None:
    opened = open_imports(desk, window, size=size, theme=theme)
    found = opened.accessibility()
    look_through(opened.page, tmp_path, ROWS)
    for address in ("/imports/1", "/imports/1/columns"):
        opened.open(address)
        found += opened.accessibility()
        assert not opened.scrolls_sideways()
    opened.open("/imports/1")
    opened.page.get_by_role("button", name="Take in 2 rows").click()
    for address in ("/imports/1", "/imports/1/taking-back", "/imports", "/contacts", "/contacts/new"):
        opened.open(address)
        found += opened.accessibility()
        assert not opened.scrolls_sideways(), address
    opened.open("/contacts")
    opened.page.get_by_role("link", name="Where is it?").click()
    expect(opened.page.get_by_role("heading", level=1)).to_contain_text("Where is it?")
    assert found + opened.accessibility() == []


def city_workbook(folder: Path) -> Path:
    """Twelve requests as a city publishes them, as a workbook; the ward stands in front."""
    path = folder / "SepSR-2026.xlsx"
    header = ["ward", "creation_date", "call_description", "call_type", "maintenance_yard", "priority_name"]
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet("SepSR")
        sheet.write_row(0, 0, header)
        for row in range(1, 13):
            sheet.write(row, 0, f"WARD {row}")
            sheet.write(row, 1, datetime.fromisoformat(f"2026-09-{7 + row % 7:02d}T{8 + row % 9:02d}:15:00"))
            group = ("Bylaw Services", "Noise") if row > 4 else ("Roads Maintenance", "Pothole")
            sheet.write_row(row, 2, [group[1], group[0], "", "CC PHONE"])
    return path


def drop(page: Page, path: Path) -> None:
    """Drop a file on its field, as a person does."""
    data = page.evaluate_handle(
        "([name, bytes]) => { const all = new DataTransfer();"
        " all.items.add(new File([Uint8Array.from(atob(bytes), sign => sign.charCodeAt(0))], name)); return all; }",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": data})


def test_a_citys_workbook_is_dropped_corrected_taken_in_ranked_and_taken_back(
    desk: Served, window: Open, tmp_path: Path
) -> None:
    opened = open_imports(desk, window)
    page = opened.page
    drop(page, city_workbook(tmp_path))
    page.get_by_label("Source").fill("City")
    page.get_by_role("button", name="Look through the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 new contacts are ready", use_inner_text=True)
    expect(page.locator(".where")).to_contain_text("XLSX, sheet “SepSR”")

    page.get_by_role("link", name="Change columns").first.click()
    page.get_by_role("combobox", name="ward").select_option(label="Queue")
    page.get_by_label("Save the columns under a name").fill("City requests")
    page.get_by_role("button", name="Look through the file").click()
    expect(page.get_by_text("These columns are kept under the name “City requests”.")).to_be_visible()
    page.get_by_role("button", name="Take in 12 rows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 new contacts were taken in")

    opened.open("/ranking?from=2026-09-07&to=2026-09-14")
    expect(page.get_by_role("row", name="Noise").first).to_contain_text("8")
    opened.open("/imports")
    expect(page.get_by_label("Columns")).to_contain_text("City requests")
    opened.open("/contacts?queue=WARD+7")
    opened.open("/imports/1")
    page.get_by_role("link", name="Undo the import").click()
    assert finding(page) == "Undo removes 12 contacts."
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This import was undone.")
    opened.open("/ranking?from=2026-09-07&to=2026-09-14")
    expect(page.get_by_role("row", name="Noise")).to_have_count(0)


@pytest.mark.parametrize(("size", "theme"), [("wide", "light"), ("phone", "dark")])
def test_a_waiting_value_is_given_its_likely_reason_by_keyboard(
    desk: Served, window: Open, size: str, theme: str
) -> None:
    database = desk.app.extensions["database"]

    def prepare(session: Session) -> None:
        by, at = Actor(None, "test"), datetime(2026, 9, 1, tzinfo=UTC)
        actions.ensure_path(session, ["Roads", "Pothole"], by=by, at=at, valid_from=at.date())
        actions.learn_raw(session, "City", ["Potholes"], create=False, by=by, at=at, valid_from=at.date())

    database.write(prepare)
    opened = open_imports(desk, window, size=size, theme=theme)
    page = opened.page
    page.get_by_role("link", name="What values mean").click()
    field = page.get_by_label("The reason that “Potholes” means")
    expect(field).to_have_value("Roads > Pothole")
    found = opened.accessibility()
    assert not opened.scrolls_sideways()
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Every value of your files has a meaning.")
    page.get_by_role("link", name="Change “Potholes”").click()
    expect(page.get_by_role("button", name="It is no reason")).to_be_visible()
    assert found + opened.accessibility() == []
    page.get_by_role("button", name="It is no reason").click()
    expect(page.get_by_role("row", name="Potholes")).to_contain_text("no reason")

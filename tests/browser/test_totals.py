"""Totals and drivers through the page: taken in, looked at in every size and theme, taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.people import passwords
from tests.browser.conftest import SIZES, Served, Window
from tests.builders import make_user

EMAIL, PASSWORD = "jonas@example.test", "seven grey herons"
TOTALS = """period_start,reason,channel,contacts
2026-07-01,Delivery > Late,phone,812
2026-07-01,Billing,carrier pigeon,9
2026-09-01,Delivery > Late,phone,640
2026-05-01,Delivery > Late,phone,777
"""
DRIVERS = "period_start,value\n2026-08-03,120\n2026-08-04,0\n2026-08-06,90\n"

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


def send(page: Page, folder: Path, content: str) -> None:
    file = folder / "figures.csv"
    file.write_text(content, encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Take in the file").click()


def problems(opened: Window) -> list[str]:
    wrong = []
    for size, (width, height) in SIZES.items():
        opened.page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            opened.page.emulate_media(color_scheme=theme)
            expect(opened.page.locator("html")).to_have_attribute("data-bs-theme", theme)
            wrong += [f"{size} {theme}: {line}" for line in opened.accessibility()]
        if opened.scrolls_sideways():
            wrong.append(f"{size}: scrolls sideways")
    return wrong


def test_totals_and_drivers_are_taken_in_and_back_in_every_size(desk: Served, window: Open, tmp_path: Path) -> None:
    opened = window(desk)
    page = opened.page
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/imports")
    page.get_by_role("link", name="Totals").click()
    page.get_by_label("Source").fill("Old switch")
    page.get_by_label("Each row is about one of these").select_option("Months")
    send(page, tmp_path, TOTALS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("taken in")
    assert "carrier pigeon" in page.locator("#rejected").inner_text()
    assert problems(opened) == []
    page.get_by_role("link", name="To all totals").click()
    expect(page.locator("main")).to_contain_text("1 Jun - 30 Jun 2026")
    assert problems(opened) == []
    page.get_by_role("link", name="Drivers").click()
    page.get_by_label("Driver", exact=True).fill("Orders")
    send(page, tmp_path, DRIVERS)
    assert problems(opened) == []
    page.get_by_role("link", name="To all drivers").click()
    expect(page.locator("main")).to_contain_text("4 Aug - 5 Aug 2026")
    assert problems(opened) == []
    opened.open("/totals/files/1")
    page.get_by_role("button", name="Take the file back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This file was taken back.")

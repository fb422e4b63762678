"""Names of one long word, of another script or with a picture in them: they break inside their place, everywhere."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from app.demo.company import PASSWORD
from tests.browser.conftest import SIZES, Served, Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]

WORD = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente" * 2
NAME = f"مبادرة 🚀 {WORD}"
DEMO = "@harbourvale.example"


def sees_everything(opened: Window, path: str) -> None:
    """No page scrolls sideways, and no cell or control lies outside it."""
    for width, height in SIZES.values():
        opened.page.set_viewport_size({"width": width, "height": height})
        opened.open(path)
        assert not opened.scrolls_sideways(), (path, width)
        outside: list[Any] = opened.page.evaluate(
            """[...document.querySelectorAll("main td, main th, main .btn, main .form-control, .who a")]
            .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map((one) => one.textContent)"""
        )
        assert outside == [], (path, width)


def test_an_initiative_with_a_long_word_in_its_name_fits_every_page_that_names_it(demo: Served, window: Open) -> None:
    team = window(demo)
    team.sign_in(f"marlo.parcelton{DEMO}", PASSWORD)
    team.open("/initiatives/new?reason=11")
    team.page.get_by_label("Name", exact=True).fill(NAME)
    team.page.get_by_role("button", name="Start the initiative").first.click()
    expect(team.page.get_by_text("INI-11 is started")).to_be_visible()
    for path in (
        "/initiatives",
        "/initiatives/11",
        "/initiatives/11/edit",
        "/initiatives/11/projection/new",
        "/meetings/2026-W38",
        "/savings",
        "/reasons/11",
    ):
        sees_everything(team, path)


def test_people_and_departments_with_long_words_fit_every_page_that_names_them(demo: Served, window: Open) -> None:
    admin = window(demo)
    admin.sign_in(f"nell.switchby{DEMO}", PASSWORD)
    admin.open("/settings/departments/1")
    admin.page.get_by_label("Name").fill(WORD)
    admin.page.get_by_role("button", name="Rename").click()
    admin.open("/settings/people/1")
    admin.page.get_by_label("Name").fill(NAME)
    admin.page.get_by_role("button", name="Save").click()
    for path in (
        "/settings",
        "/settings/people",
        "/settings/people/1",
        "/settings/departments/1",
        "/account",
        "/reasons",
    ):
        sees_everything(admin, path)


def test_labels_fields_and_errors_of_one_row_stand_on_one_line(demo: Served, window: Open) -> None:
    team = window(demo)
    team.sign_in(f"marlo.parcelton{DEMO}", PASSWORD)
    team.open("/initiatives/9/projection/new")
    team.page.get_by_label("Cost to do").fill("a lot")
    team.page.get_by_role("button", name="Write it down").click()
    expect(team.page.locator("#cost_to_do-error")).to_be_visible()
    team.console[:] = [line for line in team.console if "status of 422" not in line]
    row = [team.page.locator(f"#{name}").bounding_box() for name in ("starts_on", "ramp_days", "cost_to_do")]
    assert len({box["y"] for box in row if box}) == 1

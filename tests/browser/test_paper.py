"""What goes to the sponsor on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from app.demo.company import PASSWORD
from tests.browser.conftest import Served, Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]
TEAM = "marlo.parcelton@harbourvale.example"


def sheets(opened: Window) -> int:
    """How many sheets Chromium would print."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", opened.page.pdf(format="A4", prefer_css_page_size=True)))


@pytest.fixture
def team(demo: Served, window: Open) -> Window:
    opened = window(demo)
    opened.sign_in(TEAM, PASSWORD)
    return opened


def test_the_ask_is_one_sheet_and_its_button_prints_it(team: Window) -> None:
    team.open("/ask")
    make = team.page.get_by_role("button", name=re.compile("ask|up to date"))
    if make.count():
        make.first.click()
    assert sheets(team) == 1
    team.page.evaluate("window.print = () => { document.title = 'printed' }")
    team.page.get_by_role("button", name="Print").click()
    expect(team.page).to_have_title("printed")

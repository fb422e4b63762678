"""A plan written and frozen, another change decided, a cost entered: by keyboard, and looked at in every size."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.demo.company import PASSWORD
from tests.browser.conftest import Served, Window
from tests.browser.test_every_page import EMAILS, problems

pytestmark = pytest.mark.browser


def press(page: Page, name: str) -> None:
    """The button of this name, reached without the mouse."""
    page.get_by_role("button", name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_plan_is_written_and_frozen(demo: Served, window: Callable[..., Window]) -> None:
    team = window(demo)
    team.sign_in(EMAILS["team"], PASSWORD)
    team.open("/initiatives/9/plan")
    page = team.page
    page.get_by_role("link", name="Write the plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fix how it will be measured.")
    first_sink = page.locator("input[name=sink_ids]").first
    first_sink.focus()
    page.keyboard.press("Space")
    expect(first_sink).to_be_checked()
    press(page, "Keep the draft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("could not be seen.")
    press(page, "Freeze the plan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1 is frozen, before go-live.")
    expect(page.locator("#effect")).to_contain_text("fewer contacts over 90")
    assert problems(team) == []


def test_another_change_is_proposed_and_decided_and_a_cost_entered(demo: Served, window: Callable[..., Window]) -> None:
    team = window(demo)
    team.sign_in(EMAILS["team"], PASSWORD)
    team.open("/changes")
    page = team.page
    page.get_by_label("Name").fill("Phone line down in the north")
    page.get_by_label("First day").fill("2026-06-02")
    page.get_by_label("How this is known").fill("Ticket 4711")
    press(page, "Propose it")
    expect(page.locator("main")).to_contain_text("You proposed it, so somebody else decides.")

    finance = window(demo)
    finance.sign_in(EMAILS["finance"], PASSWORD)
    finance.open("/changes")
    assert problems(finance) == []
    press(finance.page, "Approve Phone line down in the north")
    expect(finance.page.get_by_role("heading", level=1)).to_contain_text("left out of the figures.")

    team.open("/initiatives/9/costs")
    page.get_by_label("Amount", exact=True).fill("1200.50")
    page.get_by_label("What for").fill("Labels, invoice 12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take back Labels, invoice 12")).to_be_visible()
    assert problems(team) == []


def test_without_a_script_what_could_be_seen_is_a_page_of_its_own(demo: Served, window: Callable[..., Window]) -> None:
    opened = window(demo, java_script_enabled=False)
    opened.sign_in(EMAILS["team"], PASSWORD)
    opened.open("/initiatives/9/plan/edit")
    opened.page.get_by_role("button", name="Keep the draft").first.click()
    opened.page.get_by_role("link", name="Work it out on the contacts of today").click()
    expect(opened.page.get_by_role("heading", level=1)).to_contain_text("An effect below")
    expect(opened.page.locator("main")).to_contain_text("Untouched reasons")

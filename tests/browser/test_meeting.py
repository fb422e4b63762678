"""The weekly meeting with nothing but the keyboard."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.initiatives import actions as initiatives
from app.initiatives.rules import Plan
from app.meetings import actions
from app.meetings.rules import Owner, TakenOn
from app.people import passwords
from tests.browser.conftest import NOW, Served, Window
from tests.builders import TESTER, make_user

EMAIL, PASSWORD = "jonas@example.test", "seven grey herons"
LAST_WEEK = NOW - timedelta(days=7)

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def fill(session: Session) -> None:
    password_hash = passwords.make_hash(PASSWORD, EMAIL)
    make_user(session, roles=("team",), name="Jonas Weir", email=EMAIL, password_hash=password_hash)
    make_user(session, name="Marta Lindqvist")
    late = Plan("Return label in every parcel", due_on=date(2026, 9, 10))
    initiatives.start(session, late, by=TESTER, at=NOW, today=NOW.date())
    taken = TakenOn("Call the carrier", Owner(None, "Marta Lindqvist"), date(2026, 9, 14))
    actions.add_action(session, LAST_WEEK.date(), taken, key="carried", by=TESTER, at=LAST_WEEK)


@pytest.fixture
def room(empty: Served) -> Served:
    """An installation with a late initiative and an action that was taken on last week."""
    empty.app.extensions["database"].write(fill)
    return empty


def open_meeting(room: Served, window: Open, **options: object) -> Window:
    opened = window(room, **options)
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/meetings/2026-W38")
    return opened


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_an_action_takes_one_key_three_fields_and_enter(room: Served, window: Open) -> None:
    page = open_meeting(room, window).page
    press(page, "a")
    page.keyboard.type("Labels for two packing lines")
    press(page, "Tab")
    page.keyboard.type("marta")
    press(page, "Tab")
    page.keyboard.type("fri")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("Marta Lindqvist has it until Fri 18 Sep")
    row = page.get_by_role("row", name=re.compile("Labels for two packing lines"))
    expect(row).to_contain_text("Open")


def test_a_decision_takes_one_key_its_words_and_enter_and_the_screen_stays(room: Served, window: Open) -> None:
    page = open_meeting(room, window).page
    press(page, "ArrowRight", "ArrowRight", "d")
    page.keyboard.type("Stop the paper notice")
    press(page, "Enter")
    expect(page.locator(".decided")).to_contain_text("Stop the paper notice")
    assert page.url.endswith("#board")


def test_arrows_walk_through_the_screens_and_stop_at_the_ends(room: Served, window: Open) -> None:
    page = open_meeting(room, window).page
    here = page.locator(".agenda [aria-current]")
    for key, screen in (
        ("ArrowLeft", "Headline"),
        ("ArrowRight", "Reasons"),
        ("ArrowRight", "Board"),
        ("ArrowRight", "Actions"),
        ("ArrowRight", "Actions"),
        ("ArrowLeft", "Board"),
    ):
        press(page, key)
        expect(here).to_contain_text(screen)


def test_arrows_move_the_cursor_while_somebody_writes(room: Served, window: Open) -> None:
    page = open_meeting(room, window).page
    press(page, "d")
    page.keyboard.type("ac")
    press(page, "ArrowLeft")
    page.keyboard.type("b")
    expect(page.get_by_label("New decision")).to_have_value("abc")
    expect(page.locator(".agenda [aria-current]")).to_contain_text("Headline")
    press(page, "Escape")
    expect(page.get_by_label("New decision")).not_to_be_focused()


def test_an_action_is_ticked_off_and_opened_again_by_keys(room: Served, window: Open) -> None:
    page = open_meeting(room, window).page
    row = page.get_by_role("row", name=re.compile("Call the carrier"))
    expect(row).to_contain_text("2\u00a0days overdue")
    press(page, "x", "Enter")
    expect(row).to_contain_text("Done Wed 16 Sep")
    row.get_by_role("button").focus()
    press(page, "Enter")
    expect(row).to_contain_text("2\u00a0days overdue")


def test_a_line_that_cannot_be_read_is_said_and_has_the_cursor(room: Served, window: Open) -> None:
    opened = open_meeting(room, window)
    page = opened.page
    press(page, "a")
    page.keyboard.type("Call them")
    press(page, "Tab")
    page.keyboard.type("Jonas")
    press(page, "Tab")
    page.keyboard.type("soonish")
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_contain_text("“soonish” is no day")
    expect(page.get_by_label("By when")).to_be_focused()
    expect(page.get_by_label("New action")).to_have_value("Call them")
    opened.console[:] = [line for line in opened.console if "status of 422" not in line]


def test_the_keys_are_listed(room: Served, window: Open) -> None:
    page = open_meeting(room, window).page
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("Write an action")
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_it_is_read_from_the_back_of_the_room(room: Served, window: Open) -> None:
    page = open_meeting(room, window).page
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("body *")]
            .filter((one) => one.checkVisibility())
            .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
            .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
    )
    assert smallest >= 18


def test_it_works_without_scripts(room: Served, window: Open) -> None:
    page = open_meeting(room, window, java_script_enabled=False).page
    page.get_by_label("New action").fill("Write to the carrier")
    page.get_by_label("Who").fill("Northline")
    page.get_by_label("By when").fill("+7")
    page.get_by_role("button", name="Add action").click()
    expect(page.get_by_role("row", name=re.compile("Write to the carrier"))).to_contain_text("Wed 23 Sep")


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(room: Served, window: Open, size: str, theme: str) -> None:
    opened = open_meeting(room, window, size=size, theme=theme)
    for path in ("/meetings", "/meetings/2026-W38"):
        opened.open(path)
        assert opened.accessibility() == []
        assert not opened.scrolls_sideways()

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.counting.everything import count_everything
from app.demo.company import PASSWORD as DEMO_PASSWORD
from app.people import passwords
from tests.browser.conftest import NOW, Served, Window
from tests.builders import make_contact, make_reason, make_user

EMAIL, PASSWORD = "jonas@example.test", "seven grey herons"
NOTES = ("Parcel says delivered, not here\nI was at home all day.", "Need the label", "Lamp arrived with a crack")

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def fill(session: Session) -> None:
    make_user(session, roles=("lead",), email=EMAIL, password_hash=passwords.make_hash(PASSWORD, EMAIL))
    delivery, returns = make_reason(session, "Delivery"), make_reason(session, "Returns")
    leaves = [
        make_reason(session, "Where is my order?", parent=delivery),
        make_reason(session, "Return label missing", parent=returns),
        make_reason(session, "Refund not received", parent=returns),
    ]
    for number, reason in enumerate(leaves):
        for _ in range(5 - number):
            make_contact(session, reason=reason, occurred_at=NOW - timedelta(days=1))
    for number, note in enumerate(NOTES):
        make_contact(session, note=note, channel="email", occurred_at=NOW - timedelta(hours=9 - number))
    touch(session, {NOW.date(), (NOW - timedelta(days=1)).date()})


@pytest.fixture
def desk(empty: Served) -> Served:
    """A new installation where three contacts wait."""
    database = empty.app.extensions["database"]
    database.write(fill)
    count_everything(database)
    return empty


def open_inbox(desk: Served, window: Open, **options: object) -> Window:
    opened = window(desk, **options)
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/inbox")
    return opened


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def expect_contact(page: Page, title: str) -> None:
    """The contact is open, and its page listens to keys."""
    expect(page.locator(".letter h2")).to_have_text(title)
    page.wait_for_load_state()


def expect_tagged(page: Page, reason: str) -> None:
    expect(page.locator(".notice b")).to_have_text(reason)


def test_one_key_tags_a_contact_and_the_next_one_is_there(desk: Served, window: Open) -> None:
    page = open_inbox(desk, window).page
    expect_contact(page, "Parcel says delivered, not here")
    press(page, "1")
    expect_contact(page, "Need the label")
    expect_tagged(page, "Where is my order?")
    press(page, ".")
    expect_contact(page, "Lamp arrived with a crack")
    expect_tagged(page, "Where is my order?")
    press(page, "u")
    expect_contact(page, "Need the label")


def test_a_reason_is_found_by_beginnings_of_its_words_in_five_keys(desk: Served, window: Open) -> None:
    page = open_inbox(desk, window).page
    press(page, "/", "r", "e", "f")
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    expect(options.first).to_contain_text("Refund not received")
    press(page, "Enter")
    expect_contact(page, "Need the label")
    expect_tagged(page, "Refund not received")


def test_arrow_keys_choose_among_what_was_found_and_escape_leaves(desk: Served, window: Open) -> None:
    page = open_inbox(desk, window).page
    press(page, "/", "r", "e", "t")
    field = page.get_by_role("combobox", name="Find a reason")
    expect(field).to_have_attribute("aria-expanded", "true")
    first = field.get_attribute("aria-activedescendant")
    press(page, "ArrowDown")
    assert field.get_attribute("aria-activedescendant") != first
    press(page, "Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    press(page, "Escape", "s")
    expect_contact(page, "Need the label")
    expect(page.locator(".notice")).to_have_count(0)


def test_digits_typed_into_a_field_and_keys_with_ctrl_or_alt_press_nothing(desk: Served, window: Open) -> None:
    page = open_inbox(desk, window).page
    press(page, "/", "1", "2", "Enter", "Escape", "Escape")
    press(page, "Control+1", "Alt+1", "Meta+s")
    page.wait_for_timeout(300)
    expect_contact(page, "Parcel says delivered, not here")
    expect(page.locator(".notice")).to_have_count(0)


def test_the_keys_are_listed_and_can_be_switched_off(desk: Served, window: Open) -> None:
    page = open_inbox(desk, window).page
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "1")
    page.get_by_label("Keys are on").uncheck()
    press(page, "Escape", "1", "s")
    page.wait_for_timeout(300)
    expect_contact(page, "Parcel says delivered, not here")


def test_a_further_reason_is_added_beside_the_main_one(desk: Served, window: Open) -> None:
    page = open_inbox(desk, window).page
    press(page, "+", "l", "a", "b", "Enter")
    expect(page.get_by_role("button", name="Take away Returns > Return label missing")).to_be_visible()
    expect_contact(page, "Parcel says delivered, not here")


def test_the_inbox_works_without_a_script(desk: Served, window: Open) -> None:
    page = open_inbox(desk, window, java_script_enabled=False).page
    page.get_by_label("Find a reason").select_option(label="Returns > Refund not received")
    page.get_by_role("button", name="Give this reason").click()
    expect_contact(page, "Need the label")
    page.get_by_role("button", name="Return label missing").click()
    expect_contact(page, "Lamp arrived with a crack")
    page.get_by_role("button", name="Undo").click()
    expect_contact(page, "Need the label")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_everybody_can_use_it(desk: Served, window: Open, size: str, theme: str) -> None:
    opened = open_inbox(desk, window, size=size, theme=theme)
    assert opened.accessibility() == []
    assert not opened.scrolls_sideways()
    opened.page.get_by_label("Find a reason").press_sequentially("re")
    expect(opened.page.get_by_role("listbox")).to_be_visible()
    assert opened.accessibility() == []


def test_among_reasons_that_begin_alike_a_favourite_is_offered_first(demo: Served, window: Open) -> None:
    opened = window(demo)
    opened.sign_in("otis.lanternby@harbourvale.example", DEMO_PASSWORD)
    opened.open("/inbox")
    press(opened.page, "/", *"refu")
    expect(opened.page.get_by_role("option")).to_have_text(
        [re.compile("^Where is my refund"), re.compile("refuses my")]
    )

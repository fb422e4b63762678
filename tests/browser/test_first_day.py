"""The first day: from an empty installation to a realised figure that is worked out here by hand as well."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.people import passwords
from tests.browser.conftest import Served, Window
from tests.builders import make_user

pytestmark = pytest.mark.browser
Open = Callable[..., Window]

EMAIL, PASSWORD = "marta@example.test", "a sentence of hers"
LATE, LABEL, INVOICE = "Where is my order?", "Return label missing", "Invoice is wrong"
PATHS = {LATE: f"Delivery > {LATE}", LABEL: f"Returns > {LABEL}", INVOICE: f"Billing > {INVOICE}"}
FIRST_DAY, END, GO_LIVE = date(2025, 7, 1), date(2026, 9, 16), date(2026, 7, 15)
NEW_YEAR = date(2026, 1, 1)
DOLLARS = 6
LIKELY = Fraction(40, 100)
MONDAY = 0


def days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=number) for number in range((end - start).days))


def came(reason: str, day: date) -> int:
    """How many contacts a reason brings: the late orders fall by half at go-live, invoices rise at new year."""
    if reason == LATE:
        usual = 10 if day.weekday() == MONDAY else 8
        return usual // 2 if day >= GO_LIVE else usual
    if reason == LABEL:
        return 3
    return 3 if day >= NEW_YEAR else 2


def total(reason: str, start: date, end: date) -> int:
    return sum(came(reason, day) for day in days(start, end))


def write_contacts(file: Path, start: date = FIRST_DAY, end: date = END) -> int:
    """A file in the tracker's own format; how many rows it has."""
    rows = [
        (f"{day}-{reason}-{number}", f"{day}T10:{number:02}:00Z", "phone", path, 300)
        for day in days(start, end)
        for reason, path in PATHS.items()
        for number in range(came(reason, day))
    ]
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("external_id", "occurred_at", "channel", "reason", "handle_seconds"))
        writer.writerows(rows)
    return len(rows)


def year_before(day: date) -> date:
    return day - timedelta(days=364)


def expected(start: date, end: date) -> Fraction:
    """The same days 364 days before x the ratio of all other reasons, now over then, since go-live."""
    now = sum(total(reason, GO_LIVE, END) for reason in (LABEL, INVOICE))
    then = sum(total(reason, year_before(GO_LIVE), year_before(END)) for reason in (LABEL, INVOICE))
    return total(LATE, year_before(start), year_before(end)) * Fraction(now, then)


def look_through(page: Page, file: Path) -> None:
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Source").fill("Zendesk")
    page.get_by_role("button", name="Look through the file").click()
    page.wait_for_url("**/imports/*")


def expect_counts(page: Page, **counts: int) -> None:
    names = ("read", "new", "updated", "unchanged", "rejected", "ignored")
    expect(page.locator(".equation dd")).to_have_text([f"{counts.get(name, 0):,}" for name in names], timeout=30_000)


def take_in(page: Page, file: Path, rows: int) -> None:
    look_through(page, file)
    expect_counts(page, read=rows, new=rows)
    page.get_by_role("button", name=f"Take in {rows:,}").click()
    expect(page.get_by_role("link", name="Undo the import")).to_be_visible(timeout=60_000)


def type_and_go_on(page: Page, words: str, *keys: str) -> None:
    page.keyboard.type(words)
    for key in keys:
        page.keyboard.press(key)


def test_contacts_become_a_realised_saving_that_can_be_worked_out_by_hand(
    empty: Served, window: Open, tmp_path: Path
) -> None:
    opened = window(empty)
    page = opened.page
    set_up(opened)
    import_the_file(opened, tmp_path / "contacts.csv")
    see_the_ranking_and_set_the_rate(opened)
    start_from_the_ranking_in_two_clicks(page)
    initiative = page.url.removeprefix(empty.address)
    sponsor = let_the_sponsor_in(opened, window(empty, theme="dark"))
    size_it(opened, initiative)
    approve(sponsor)
    go_live(opened, initiative)
    check_the_savings(sponsor)


def set_up(opened: Window) -> None:
    page = opened.page
    opened.open("/")
    expect(page).to_have_url(opened.address + "/setup")
    page.get_by_label("Your name").fill("Marta Lindqvist")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    for role in ("Lead", "Team", "Finance"):
        page.get_by_role("checkbox", name=role).check()
    page.get_by_role("button", name="Make the first administrator").click()
    page.wait_for_url(lambda address: "/setup" not in address)
    opened.open("/account")
    page.get_by_role("button", name="Sign out").click()
    opened.sign_in(EMAIL, PASSWORD)


def import_the_file(opened: Window, file: Path) -> None:
    rows = write_contacts(file)
    opened.open("/imports")
    take_in(opened.page, file, rows)
    expect_counts(opened.page, read=rows, new=rows)


def see_the_ranking_and_set_the_rate(opened: Window) -> None:
    page = opened.page
    page.get_by_role("link", name="See the ranking").click()
    page.get_by_role("link", name="set the rate").first.click()
    page.get_by_label("Amount").fill(f"{DOLLARS}")
    page.get_by_label("From", exact=True).fill("2025-01-01")
    page.get_by_label("Source", exact=True).fill("Finance, budget 2026")
    page.get_by_role("button", name="Set the rate").click()
    expect(page.get_by_role("status")).to_contain_text("$6.00 per contact")
    opened.open(f"/ranking?from={FIRST_DAY}&to={END}")
    for reason in PATHS:
        expect(page.get_by_role("row", name=reason)).to_contain_text(f"{total(reason, FIRST_DAY, END):,}")


def start_from_the_ranking_in_two_clicks(page: Page) -> None:
    page.get_by_role("link", name="Start an initiative", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(LATE)
    page.get_by_role("button", name="Start the initiative").first.click()
    expect(page.get_by_role("heading", level=2, name="Stage")).to_be_visible()


def let_the_sponsor_in(opened: Window, sponsor: Window) -> Window:
    opened.open("/settings/people/new")
    opened.page.get_by_label("Name").fill("Dana Whitlock")
    opened.page.get_by_label("E-mail").fill("dana@example.test")
    opened.page.get_by_label("Sponsor").check()
    opened.page.keyboard.press("Enter")
    sponsor.page.goto(opened.page.get_by_label("Sign-in link").input_value())
    sponsor.page.get_by_label("New password").fill(PASSWORD)
    sponsor.page.keyboard.press("Enter")
    sponsor.page.wait_for_url(lambda address: "/link/" not in address)
    return sponsor


def size_it(opened: Window, initiative: str) -> None:
    page = opened.page
    opened.open(f"{initiative}/edit")
    page.get_by_label("Owner").select_option(label="Marta Lindqvist")
    page.get_by_label("Sponsor", exact=True).select_option(label="Dana Whitlock")
    page.get_by_role("button", name="Save the changes").first.click()
    page.get_by_role("button", name="Begin sizing").click()
    page.get_by_role("link", name="Write the projection").click()
    for label, words in (
        ("Low, %", "20"),
        ("Likely, %", f"{100 * LIKELY}"),
        ("High, %", "60"),
        ("Starts on", GO_LIVE.isoformat()),
        ("Ramp, days", "0"),
        ("Cost to do", "1,000"),
        ("Running cost a year", "0"),
    ):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status")).to_contain_text("is written down")


def approve(sponsor: Window) -> None:
    sponsor.open("/")
    sponsor.page.get_by_role("link", name="Read and decide").click()
    sponsor.page.get_by_role("button", name="Approve the projection").click()
    expect(sponsor.page.locator(".rail [aria-current]")).to_contain_text("Approved")


def go_live(opened: Window, initiative: str) -> None:
    page = opened.page
    opened.open(initiative)
    page.get_by_role("button", name="Begin the work").click()
    page.get_by_label("Went live on").fill(GO_LIVE.isoformat())
    page.get_by_role("button", name="Go live").click()
    expect(page.locator(".rail [aria-current]")).to_contain_text("Live")


def check_the_savings(sponsor: Window) -> None:
    """Each month projected beside realised; the ladder times a year; one click leads to the days."""
    page = sponsor.page
    sponsor.open("/savings")
    a_year_back = END - timedelta(days=365)
    promised_a_day = total(LATE, a_year_back, END) * LIKELY / 365
    for name, start, end in (
        ("Jul 2026", GO_LIVE, date(2026, 8, 1)),
        ("Aug 2026", date(2026, 8, 1), date(2026, 9, 1)),
        ("Sep 2026", date(2026, 9, 1), END),
    ):
        fewer = expected(start, end) - total(LATE, start, end)
        promised = promised_a_day * (end - start).days
        row = page.get_by_role("row", name=name)
        for label, figure in (
            ("Contacts projected", f"{round(promised):,}"),
            ("Contacts fewer", f"{round(fewer):,}"),
            ("Projected", f"${round(promised * DOLLARS):,}"),
            ("Realised", f"${round(fewer * DOLLARS):,}"),
        ):
            expect(row.locator(f'[data-label="{label}"]')).to_have_text(figure)
    # 522 came a year before, the other reasons grew from 315 to 378, and 261 came: 522 x 1.2 - 261 = 365.4
    fewer = expected(GO_LIVE, END) - total(LATE, GO_LIVE, END)
    assert fewer == Fraction("365.4")
    expect(page.locator(".ladder .told .trace")).to_have_text(f"${round(fewer * DOLLARS / 63 * 365):,}")
    page.get_by_role("row", name="Aug 2026").locator('[data-label="Realised"] a').click()
    page.get_by_role("row", name=LATE).locator('[data-label="Realised"] a').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("626 expected, 261 came: 365 fewer.")


@pytest.fixture
def desk(empty: Served) -> Served:
    """A new installation with somebody who leads and is on the team."""
    kept = passwords.make_hash(PASSWORD, EMAIL)
    empty.app.extensions["database"].write(
        lambda session: make_user(session, name="Marta", email=EMAIL, password_hash=kept, roles=("lead", "team"))
    )
    return empty


def test_the_same_file_again_brings_nothing_new_and_undo_takes_all_of_it_back(
    desk: Served, window: Open, tmp_path: Path
) -> None:
    opened = window(desk)
    page = opened.page
    opened.sign_in(EMAIL, PASSWORD)
    file = tmp_path / "contacts.csv"
    rows = write_contacts(file, date(2026, 9, 1), END)
    opened.open("/imports")
    take_in(page, file, rows)
    first_import = page.url.removeprefix(desk.address)

    opened.open("/imports")
    look_through(page, file)
    expect_counts(page, read=rows, unchanged=rows)
    expect(page.get_by_role("button", name="Take in")).to_have_count(0)

    opened.open(first_import)
    page.get_by_role("link", name="Undo the import").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This import was undone.", timeout=60_000)
    opened.open("/contacts")
    expect(page.locator("main table a[href^='/contacts/']")).to_have_count(0)


def test_a_call_is_logged_in_three_fields_and_an_action_taken_on_without_the_mouse(
    desk: Served, window: Open, tmp_path: Path
) -> None:
    opened = window(desk)
    page = opened.page
    opened.sign_in(EMAIL, PASSWORD)
    file = tmp_path / "contacts.csv"
    opened.open("/imports")
    take_in(page, file, write_contacts(file, date(2026, 9, 14), END))

    opened.open("/contacts/new")
    type_and_go_on(page, "label", "Enter", "Tab", "Tab")
    type_and_go_on(page, "Asked for a label twice", "Tab")
    type_and_go_on(page, "ada@example.test", "Enter")
    expect(page.locator(".notice")).to_contain_text(f"Logged {LABEL}, phone of")
    page.wait_for_load_state()
    type_and_go_on(page, "", "Escape", "u")
    expect(page.get_by_role("status")).to_have_text("The call was taken back.")

    opened.open("/meetings/2026-W38")
    page.keyboard.press("a")
    type_and_go_on(page, "Print the label before the parcel is closed", "Tab")
    type_and_go_on(page, "marta", "Tab")
    type_and_go_on(page, "fri", "Enter")
    expect(page.get_by_role("row", name="Print the label before the parcel is closed")).to_contain_text("Fri 18 Sep")

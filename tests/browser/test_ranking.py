"""The ranking as the team uses it: bars lead on, a rate is set and the costs appear, a reason is changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.counting.everything import count_everything
from app.people import passwords
from tests.browser.conftest import NOW, Served, Window
from tests.builders import make_contact, make_department, make_reason, make_user

EMAIL, PASSWORD = "amara@example.test", "seven grey herons"
PAGES = ("/ranking", "/reasons", "/reasons/2", "/settings/rates", "/settings/opening-days")
WEEKS = 10

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def fill(session: Session) -> None:
    """Ten weeks: late 6 a week, lost 3, label 1; late has an owner."""
    roles = ("lead", "team", "finance", "admin")
    make_user(session, name="Amara", roles=roles, email=EMAIL, password_hash=passwords.make_hash(PASSWORD, EMAIL))
    owner = make_department(session, "Logistics")
    delivery, returns = make_reason(session, "Delivery"), make_reason(session, "Returns")
    late = make_reason(session, "Where is my order?", parent=delivery, department_id=owner.id)
    lost = make_reason(session, "Parcel lost", parent=delivery)
    label = make_reason(session, "Return label missing", parent=returns)
    for week in range(WEEKS):
        at = NOW - timedelta(days=1 + 7 * week)  # the last calls came yesterday: today is not over
        for reason, contacts in ((late, 6), (lost, 3), (label, 1)):
            for _ in range(contacts):
                make_contact(session, reason=reason, occurred_at=at)
        touch(session, [at.date()])


@pytest.fixture
def team(empty: Served) -> Served:
    """An installation with ten weeks of contacts."""
    database = empty.app.extensions["database"]
    database.write(fill)
    count_everything(database)
    return empty


def sign_in(team: Served, window: Open, **options: object) -> Window:
    opened = window(team, **options)
    opened.sign_in(EMAIL, PASSWORD)
    return opened


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_pages_can_be_read_by_everybody_and_do_not_scroll_sideways(
    team: Served, window: Open, size: str, theme: str
) -> None:
    opened = sign_in(team, window, size=size, theme=theme)
    for path in PAGES:
        opened.open(path)
        assert (path, opened.accessibility()) == (path, [])
        assert (path, opened.scrolls_sideways()) == (path, False)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_bar_leads_to_its_reason_by_mouse_and_by_keyboard(team: Served, window: Open, size: str) -> None:
    page = sign_in(team, window, size=size).page
    page.goto(team.address + "/ranking")
    bar = page.get_by_role("link", name="Where is my order?, 48")
    bar.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where is my order? brought 48\u00a0contacts.")
    page.go_back()
    bar.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Where is my order?")


def test_a_blank_cost_leads_to_the_rate_and_is_filled_once_it_is_set(team: Served, window: Open) -> None:
    page = sign_in(team, window).page
    page.goto(team.address + "/ranking")
    page.get_by_role("link", name="set the rate").first.click()
    page.get_by_label("Amount").fill("6")
    page.get_by_label("Source", exact=True).fill("Finance, budget 2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Phone costs $6.00 per contact")
    page.goto(team.address + "/ranking?by=cost")
    # eight weeks lie wholly within the data, 7 September backwards: 48 contacts x 6.00 x 365 / 56
    expect(page.get_by_role("row", name="Where is my order?")).to_contain_text("$1,877")
    expect(page.get_by_role("heading", level=1)).to_have_text("One reason makes 60\u00a0% of the cost.")


def test_a_reason_is_renamed_and_the_old_name_stays_in_the_history(team: Served, window: Open) -> None:
    page = sign_in(team, window).page
    page.goto(team.address + "/reasons")
    page.get_by_role("link", name="Parcel lost").click()
    page.get_by_label("Name", exact=True).fill("My parcel never came")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("My parcel never came brought")
    expect(page.get_by_role("row", name="Renamed from")).to_contain_text("“Parcel lost”")

"""Harbour & Vale, a mail-order house for homeware that does not exist: its people, reasons, costs and holidays."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.demo.rules import ReasonPlan

NAME = "Harbour & Vale"
PASSWORD = "harbour-and-vale"  # noqa: S105  (printed on purpose: the company is made up)
GOAL_CONTACTS, GOAL_COST_MINOR = 20_000, 600
CLOSED_WEEKDAY = 6
WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """Somebody who works there."""

    name: str
    roles: tuple[str, ...]
    department: str

    @property
    def email(self) -> str:
        """Made from the name, at an address that cannot exist."""
        return f"{self.name.lower().replace(' ', '.')}@harbourvale.example"


@dataclass(frozen=True, slots=True)
class RatePlan:
    """What a contact costs on a channel, so many days before the demo ends."""

    channel: str
    days_ago: int
    amount_minor: int
    stated_by: str


DEPARTMENTS = ("Customer service", "Logistics", "Warehouse", "Web shop", "Buying", "Accounts", "Marketing")

NELL, BEA, OTIS = "Nell Switchby", "Bea Kettlewell", "Otis Lanternby"
MARLO, GRETA, IDRIS, NOOR, LEO = (
    "Marlo Parcelton",
    "Greta Boxwell",
    "Idris Clickford",
    "Noor Vasewright",
    "Leo Tallybrook",
)
AUGUSTA, DORA = "Augusta Valeharbour", "Dora Ledgerly"
PEOPLE = (
    PersonPlan(NELL, ("admin",), "Customer service"),
    PersonPlan(BEA, ("lead", "team"), "Customer service"),
    PersonPlan(OTIS, ("lead",), "Customer service"),
    PersonPlan("Juno Pillowby", ("agent",), "Customer service"),
    PersonPlan("Sami Larkspoon", ("agent",), "Customer service"),
    PersonPlan("Pia Tumblerson", ("agent",), "Customer service"),
    PersonPlan(MARLO, ("team",), "Logistics"),
    PersonPlan(GRETA, ("team",), "Warehouse"),
    PersonPlan(IDRIS, ("team",), "Web shop"),
    PersonPlan(NOOR, ("team",), "Buying"),
    PersonPlan(LEO, ("team",), "Accounts"),
    PersonPlan(AUGUSTA, ("sponsor",), "Customer service"),
    PersonPlan(DORA, ("finance",), "Accounts"),
)

TRACKING = ("Delivery", "Where is my order?")
RETURNING = ("Returns", "How do I send something back?")
VOUCHER = ("Ordering", "My voucher code does not work")
PAYMENT = ("Ordering", "The checkout refuses my payment")

# Reason, who can remove it, weight, channel mix (phone, e-mail, chat), length, days of the year on which it peaks.
REASONS = (
    ReasonPlan(TRACKING, "Logistics", 15.0, (55, 25, 20), 0.9),
    ReasonPlan(("Delivery", "My parcel arrived damaged"), "Warehouse", 5.5, (40, 45, 15), 1.2),
    ReasonPlan(("Delivery", "I missed the delivery"), "Logistics", 4.0, (70, 12, 18), 0.8),
    ReasonPlan(("Delivery", "Part of my order is missing"), "Warehouse", 3.5, (48, 40, 12), 1.1),
    ReasonPlan(RETURNING, "Warehouse", 9.0, (50, 30, 20), 0.8, peak_day=10, peak=0.5),
    ReasonPlan(("Returns", "Where is my refund?"), "Accounts", 8.0, (52, 38, 10), 1.0, peak_day=24, peak=0.5),
    ReasonPlan(("Returns", "I want to exchange an item"), "Warehouse", 4.0, (50, 35, 15), 1.1, peak_day=6, peak=0.4),
    ReasonPlan(("Ordering", "Change or cancel my order"), "Web shop", 6.5, (58, 22, 20), 0.9),
    ReasonPlan(VOUCHER, "Marketing", 6.0, (42, 23, 35), 0.7),
    ReasonPlan(PAYMENT, "Web shop", 2.5, (45, 20, 35), 1.0),
    ReasonPlan(("Ordering", "Is this in stock?"), "Buying", 4.0, (50, 20, 30), 0.6),
    ReasonPlan(("Products", "How do I put it together?"), "Buying", 5.5, (60, 25, 15), 1.5, peak_day=105, peak=0.3),
    ReasonPlan(("Products", "A part is missing or broken"), "Buying", 4.0, (45, 43, 12), 1.2),
    ReasonPlan(("Products", "Measurements and materials"), "Web shop", 3.0, (40, 25, 35), 0.8),
    ReasonPlan(
        ("Products", "How do I clean or care for it?"), "Buying", 1.5, (40, 40, 20), 0.8, peak_day=125, peak=0.4
    ),
    ReasonPlan(("Bills", "I need a copy of my invoice"), "Accounts", 3.5, (35, 50, 15), 0.6, peak_day=75, peak=0.7),
    ReasonPlan(("Bills", "I was charged twice"), "Accounts", 1.5, (60, 32, 8), 1.4),
    ReasonPlan(("Bills", "Paying in instalments"), "Accounts", 1.5, (62, 30, 8), 1.3),
    ReasonPlan(("Account", "I cannot sign in"), "Web shop", 4.0, (45, 20, 35), 0.8),
    ReasonPlan(("Account", "Change my address"), "Web shop", 2.5, (50, 35, 15), 0.6),
    ReasonPlan(("Account", "Delete my data"), "Marketing", 0.8, (15, 80, 5), 0.9),
    ReasonPlan(("Catalogue", "Stop sending the catalogue"), "Marketing", 2.2, (55, 40, 5), 0.4, peak_day=255, peak=0.8),
    ReasonPlan(("Catalogue", "Question about an offer"), "Marketing", 2.0, (50, 25, 25), 0.7),
    ReasonPlan(("Catalogue", "Gift cards"), "Marketing", 1.5, (50, 30, 20), 0.9, peak_day=352, peak=1.6),
    ReasonPlan(("Other",), "Customer service", 3.6, (62, 28, 10), 0.8),
)

RATES = (
    RatePlan("phone", 560, 640, "Finance, cost per contact 1: wages, telephony and rooms of the year before"),
    RatePlan("email", 560, 455, "Finance, cost per contact 1: wages and help-desk licences of the year before"),
    RatePlan("chat", 560, 390, "Finance, cost per contact 1: wages and help-desk licences of the year before"),
    RatePlan("phone", 190, 680, "Finance, cost per contact 2: after the pay round"),
    RatePlan("email", 190, 480, "Finance, cost per contact 2: after the pay round"),
)

FURNITURE = ("Tern floor lamp", "Skiff shelf", "Driftwood bench", "Marram armchair", "Anchor coat rack")
CHINA = ("Gull teapot", "Cove dinner set", "Shingle vase")
ITEMS = (*FURNITURE, *CHINA, "Mooring rug", "Pebble duvet cover", "Saltbox bread bin", "Estuary curtain rail")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def holidays(start: date, end: date) -> dict[date, str]:
    """The days from `start` up to `end` on which everybody is at home."""
    fixed = (
        (1, 1, "New Year's Day"),
        (5, 1, "May Day"),
        (8, 15, "Harbour Day"),
        (12, 25, "Christmas Day"),
        (12, 26, "Vale Day"),
    )
    found = {date(year, month, day): name for year in range(start.year, end.year + 1) for month, day, name in fixed}
    return {day: name for day, name in sorted(found.items()) if start <= day < end}


def sentences() -> dict[str, tuple[str, ...]]:
    """What customers say, and what agents note of it, by the last name of the reason's path."""
    found: dict[str, list[str]] = {}
    name = ""
    for file in sorted(WORDS.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                name = line.removeprefix("# ")
                found[name] = []
            else:
                found[name].append(line)
    return {name: tuple(lines) for name, lines in found.items()}


def is_noted_by_agent(sentence: str) -> bool:
    """Whether a sentence is an agent's note of a call, not the customer's own writing."""
    return sentence.startswith(("Caller", "Customer"))

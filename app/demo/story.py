"""What Harbour & Vale's team did: its initiatives, what they changed, and its meetings; told in days before the end."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.demo import company
from app.demo.company import BEA, DORA, GRETA, IDRIS, LEO, MARLO, NOOR
from app.demo.rules import Calendar, Effect

BEGAN_DAYS_AGO = 231
ASKED_DAYS_AGO, AGREED_DAYS_AGO = 224, 217
WORKED_DAYS_AGO, FAILED_DAYS_AGO, EARLY_DAYS_AGO = 150, 118, 14
WORKED_RAMP_DAYS = 14
OUTAGE_DAYS_AGO = 87
OTHER_REASON = ("Other",)
# Finance decides so many days after the month-end run; the last claims still wait.
SIGNED_DAYS_AGO = (62, 30)


@dataclass(frozen=True, slots=True)
class InitiativePlan:
    """A fix: what was promised, and when it reached which stage. Shares are in percent, money in whole dollars."""

    name: str
    description: str
    touchpoint: str
    reason: tuple[str, ...]
    owner: str | None
    members: tuple[str, ...]
    stages: tuple[tuple[str, int], ...]
    shares: tuple[int, int, int] | None = None
    cost_to_do: int = 0
    running_cost: int = 0
    ramp_days: int = 0
    due_in_days: int | None = None
    note: str = ""

    @property
    def is_live(self) -> bool:
        """Whether customers have it."""
        return "live" in dict(self.stages)


def planned_go_live(plan: InitiativePlan, calendar: Calendar) -> date | None:
    """The day on which it went, or is to go, live."""
    if plan.is_live:
        return calendar.ago(dict(plan.stages)["live"])
    return None if plan.due_in_days is None else calendar.as_of + timedelta(days=plan.due_in_days)


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """Something that somebody took on: due, and done, so many days after the meeting."""

    words: str
    owner: str
    due_days: int
    done_days: int | None = None


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """One Tuesday of the team."""

    weeks_ago: int
    decisions: tuple[str, ...]
    actions: tuple[ActionPlan, ...]


INITIATIVES = (
    InitiativePlan(
        "Tracking link in the dispatch mail",
        "The mail that says “on its way” carries the carrier's own link and the day of delivery, also in the account.",
        "web copy",
        company.TRACKING,
        MARLO,
        (IDRIS, BEA),
        (("idea", 215), ("sizing", 208), ("approved", 196), ("progress", 189), ("live", WORKED_DAYS_AGO)),
        shares=(20, 35, 45),
        cost_to_do=1_400,
        running_cost=600,
        ramp_days=WORKED_RAMP_DAYS,
    ),
    InitiativePlan(
        "Shorter return instructions on the slip",
        "The return slip says in four steps what to do, with a picture of where the label goes.",
        "packaging",
        company.RETURNING,
        GRETA,
        (BEA, MARLO),
        (("idea", 201), ("sizing", 187), ("approved", 173), ("progress", 166), ("live", FAILED_DAYS_AGO)),
        shares=(15, 25, 40),
        cost_to_do=3_500,
    ),
    InitiativePlan(
        "Voucher codes that say why they fail",
        "The basket names the reason: expired, minimum value, not with the sale; and offers the code that works.",
        "product",
        company.VOUCHER,
        IDRIS,
        (NOOR, BEA),
        (("idea", 110), ("sizing", 96), ("approved", 75), ("progress", 61), ("live", EARLY_DAYS_AGO)),
        shares=(15, 30, 40),
        cost_to_do=9_000,
        running_cost=600,
    ),
    InitiativePlan(
        "Refund status in the account",
        "Each return shows received, checked, paid, with the day on which the money leaves.",
        "web copy",
        ("Returns", "Where is my refund?"),
        LEO,
        (IDRIS, GRETA),
        (("idea", 131), ("sizing", 124), ("approved", 103), ("progress", 7)),
        shares=(20, 40, 55),
        cost_to_do=16_000,
        running_cost=1_200,
        ramp_days=28,
        due_in_days=-9,
    ),
    InitiativePlan(
        "Spare parts ordered from the manual",
        "A code on each manual leads to the parts of that piece; small parts go out free of charge.",
        "product",
        ("Products", "A part is missing or broken"),
        NOOR,
        (GRETA,),
        (("idea", 89), ("sizing", 82), ("approved", 68), ("progress", 33)),
        shares=(10, 25, 40),
        cost_to_do=11_000,
        running_cost=4_000,
        ramp_days=56,
        due_in_days=45,
    ),
    InitiativePlan(
        "Invoices to download in the account",
        "Every invoice of the last three years as a file, for guests through the order mail.",
        "web copy",
        ("Bills", "I need a copy of my invoice"),
        LEO,
        (IDRIS, DORA),
        (("idea", 54), ("sizing", 40), ("approved", 7)),
        shares=(40, 60, 75),
        cost_to_do=5_000,
        due_in_days=60,
    ),
    InitiativePlan(
        "Sign-in by a code in the mail",
        "Nobody needs a password any more: a code of six figures is sent to the address that is known.",
        "product",
        ("Account", "I cannot sign in"),
        IDRIS,
        (BEA,),
        (("idea", 26), ("sizing", 7)),
        shares=(30, 50, 65),
        cost_to_do=12_000,
        running_cost=900,
        due_in_days=90,
    ),
    InitiativePlan(
        "Catalogue only for those who ask",
        "Two years without an order from the catalogue end the sending; one line in the last one says how to keep it.",
        "policy",
        ("Catalogue", "Stop sending the catalogue"),
        None,
        (),
        (("idea", 33),),
    ),
    InitiativePlan(
        "Films for the five hardest assemblies",
        "Two minutes each, without words, behind a code on the carton.",
        "product",
        ("Products", "How do I put it together?"),
        NOOR,
        (),
        (("idea", 5),),
    ),
    InitiativePlan(
        "Delivery slots in the evening",
        "The carrier offers a slot between six and nine to customers who were missed once.",
        "other",
        ("Delivery", "I missed the delivery"),
        MARLO,
        (),
        (("idea", 145), ("sizing", 138), ("dropped", 96)),
        shares=(10, 20, 30),
        cost_to_do=30_000,
        running_cost=22_000,
        note="The slots cost more than the calls that they save.",
    ),
)

MEETINGS = (
    MeetingPlan(
        6,
        ("Invoices can be downloaded by guests too, or it helps only half.",),
        (
            ActionPlan("Count how many invoice calls come from guests", LEO, 7, done_days=6),
            ActionPlan("Ask the carrier for scan data by hour", MARLO, 14, done_days=21),
        ),
    ),
    MeetingPlan(
        5,
        (),
        (
            ActionPlan("Write the four messages of a voucher that fails", IDRIS, 7, done_days=7),
            ActionPlan("Listen to ten calls about spare parts", NOOR, 10, done_days=9),
        ),
    ),
    MeetingPlan(
        4,
        ("The catalogue is an idea worth sizing; Marketing is asked for an owner.",),
        (
            ActionPlan("Find an owner in Marketing for the catalogue", BEA, 14),
            ActionPlan("Photograph the new slip in twenty parcels", GRETA, 7, done_days=7),
        ),
    ),
    MeetingPlan(
        3,
        ("Voucher messages go live on the Tuesday after the next.",),
        (
            ActionPlan("Tell the leads what the voucher messages say", IDRIS, 5, done_days=5),
            ActionPlan("Price small parts for sending free of charge", NOOR, 21),
        ),
    ),
    MeetingPlan(
        2,
        ("The return slip has saved nothing that can be seen: the team asks customers before it tries again.",),
        (
            ActionPlan("Ask thirty callers why the slip did not help", GRETA, 21),
            ActionPlan("Check that every basket shows the new messages", IDRIS, 3, done_days=2),
        ),
    ),
    MeetingPlan(
        1,
        ("Refund status comes before sign-in: it takes the same two people.",),
        (
            ActionPlan("Agree a new day for the refund status with Accounts", LEO, 7),
            ActionPlan("Bring the cost of sign-in codes per thousand", IDRIS, 14),
            ActionPlan("Show the sponsor the tracking figures", BEA, 21),
        ),
    ),
)

DIRECTORS = ((MARLO, "Logistics"), (GRETA, "Warehouse"), (IDRIS, "Web shop"), (NOOR, "Buying"), (LEO, "Accounts"))
HOURS_A_WEEK = 2


def effects(calendar: Calendar) -> tuple[Effect, ...]:
    """What truly happened to the reasons; nobody at Harbour & Vale knows these figures."""
    return (
        Effect(company.TRACKING, calendar.ago(WORKED_DAYS_AGO), ramp_days=WORKED_RAMP_DAYS, share=0.38),
        Effect(company.RETURNING, calendar.ago(FAILED_DAYS_AGO), ramp_days=0, share=0.03),
        Effect(company.VOUCHER, calendar.ago(EARLY_DAYS_AGO), ramp_days=0, share=0.3),
        Effect(company.PAYMENT, calendar.last_full_week.start, ramp_days=0, share=-1.3),
    )

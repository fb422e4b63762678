"""The picture of the house as data, and the application held against it. Editing it is the architecture review.

Standard library only. The reading of imports is in tests/architecture/, where it is itself tested with wrong ones.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.architecture import floors, habits
from tests.architecture.floors import Picture, Reach
from tests.architecture.sources import read_modules

ROOT = Path(__file__).resolve().parent.parent

# The steps of the trail, in the order in which a contact walks through them. An import points to an earlier one.
STEPS = (
    "people",
    "reasons",
    "contacts",
    "tagging",
    "counting",
    "costing",
    "ranking",
    "initiatives",
    "measurement",
    "ledger",
    "meetings",
    "reporting",
    "demo",
)

# Under the steps: each room of the ground with the rooms that it may import.
GROUND = {
    "values": frozenset({"values"}),
    "clock": frozenset[str](),
    "db": frozenset[str](),
    "config": frozenset({"values"}),
    "schema": frozenset({"config", "db", "values"}),
    "safekeeping": frozenset({"db", "schema", "values"}),
    "charts": frozenset({"charts", "values"}),
}

# Over the steps: each may import every step and the ground, and of the rooms up here these.
TOPS = {
    "jobs": frozenset({"jobs"}),
    "web": frozenset({"web", "jobs"}),
    "cli": frozenset({"cli", "jobs"}),
}

# Inside a step: what each of the four words may import. None stands for everything.
REACH = {
    "rules": Reach(own=frozenset({"rules"}), earlier=frozenset({"rules"}), ground=frozenset({"values"})),
    "tables": Reach(
        own=frozenset({"rules", "tables"}), earlier=frozenset({"tables"}), ground=frozenset({"db", "values"})
    ),
    "queries": Reach(
        own=frozenset({"queries", "rules", "tables"}),
        earlier=frozenset({"queries", "rules"}),
        ground=frozenset({"db", "values"}),
    ),
    "actions": Reach(own=None, earlier=None, ground=None),
}

# Files beside rules.py that are as pure as rules: values in, values out.
LEDGER_SUMS = ("cash_rules", "documents", "entries", "export", "fiscal", "positions", "signing")
PURE = (
    frozenset({"app.initiatives.projection", "app.ranking.export"})
    | frozenset(f"app.ledger.{name}" for name in LEDGER_SUMS)
    | frozenset(
        f"app.measurement.{name}"
        for name in (
            "counterfactual",
            "design",
            "estimates",
            "interval",
            "last_year",
            "netting",
            "outcome",
            "placebo",
            "plans",
            "series",
            "sharing",
            "verdict",
        )
    )
)

IN_STEPS = frozenset(f"app.{step}" for step in STEPS)
PAGES = frozenset({"app.web"})
DATABASE = IN_STEPS | {"app.db", "app.schema", "app.safekeeping"}

# Who may import which library; what is not named here nobody imports. The longest name decides.
LIBRARIES = {
    "flask": frozenset({"app.web", "app.cli"}),
    "flask.Flask": frozenset({"app"}),
    "flask_bootstrap": PAGES,
    "flask_login": PAGES,
    "flask_wtf": PAGES,
    "wtforms": PAGES,
    "werkzeug": PAGES,
    "jinja2": PAGES,
    "markupsafe": PAGES | {"app.charts"},
    "click": frozenset({"app.cli"}),
    "huey": frozenset({"app.jobs"}),
    "sqlalchemy": DATABASE,
    "sqlalchemy.exc": DATABASE | {"app.web.failures"},
    "sqlalchemy.orm.Session": frozenset({"app"}),
    "psycopg": frozenset({"app.db"}),
    "alembic": frozenset({"app.schema"}),
    "argon2": frozenset({"app.people"}),
    "email_validator": frozenset({"app.contacts"}),
    "phonenumbers": frozenset({"app.contacts"}),
    "python_calamine": frozenset({"app.contacts"}),
    "imap_tools": frozenset({"app.contacts"}),
    "pydantic": PAGES,
    "holidays": frozenset({"app.counting"}),
    "matplotlib": frozenset({"app.charts"}),
    "xlsxwriter": frozenset({"app.reporting"}),
    "fpdf": frozenset({"app.reporting"}),
    "numpy": frozenset({"app.charts", "app.measurement.counterfactual", "app.measurement.design"}),
}

# Costly libraries that a start does not pay for: they are imported where they are first used.
LATE = (
    "alembic", "argon2", "fpdf", "holidays", "imap_tools", "matplotlib", "numpy", "phonenumbers", "pydantic",
    "python_calamine", "xlsxwriter",
)  # fmt: skip

PICTURE = Picture(steps=STEPS, ground=GROUND, tops=TOPS, reach=REACH, libraries=LIBRARIES, pure=PURE)
APP = read_modules(ROOT, "app")
WRITTEN_BY_HAND = {
    name: module for folder in ("app", "tests", "scripts") for name, module in read_modules(ROOT, folder).items()
}


def say(findings: list[str]) -> str:
    return "\n".join(["", *findings])


def test_the_application_was_found() -> None:
    assert {"app", "app.db", "app.clock", "app.config"} <= set(APP)


def test_imports_point_to_earlier_steps_or_to_the_ground() -> None:
    findings = floors.wrong_imports(APP, PICTURE)
    assert not findings, say(findings)


def test_rules_are_pure_all_the_way_down() -> None:
    findings = floors.impure_rules(APP, PICTURE)
    assert not findings, say(findings)


def test_the_module_graph_has_no_circle() -> None:
    findings = floors.circles(APP)
    assert not findings, say(findings)


def test_queries_never_write() -> None:
    findings = habits.writing_queries(APP)
    assert not findings, say(findings)


def test_queries_and_actions_are_given_the_session_first() -> None:
    findings = habits.sessionless(APP)
    assert not findings, say(findings)


def test_steps_leave_the_commit_to_their_caller() -> None:
    findings = habits.silent_commits(APP, STEPS)
    assert not findings, say(findings)


def test_tables_do_not_know_who_points_at_them() -> None:
    findings = habits.backward_tables(APP)
    assert not findings, say(findings)


def test_only_one_module_reads_the_clock() -> None:
    findings = habits.clock_readers(APP)
    assert not findings, say(findings)


def test_no_module_is_named_after_nothing() -> None:
    findings = habits.empty_names(WRITTEN_BY_HAND)
    assert not findings, say(findings)


def test_files_and_functions_stay_small() -> None:
    findings = habits.too_long(WRITTEN_BY_HAND)
    assert not findings, say(findings)


def test_a_start_does_not_pay_for_costly_libraries(tmp_path: Path) -> None:
    program = f"import sys, wsgi; print(*sorted(set({LATE!r}) & set(sys.modules)))"
    environment = {**os.environ, "TRACKER_INSTANCE": str(tmp_path), "DATABASE_URL": ""}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [], f"importing the application imports {run.stdout.strip()}"

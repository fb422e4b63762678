"""The architecture test is tested: wrong imports are planted, and each is found and named."""

from pathlib import Path

import pytest

from tests.architecture.floors import circles, impure_rules, wrong_imports
from tests.architecture.planting import plant
from tests.test_architecture import PICTURE

STANDING = {
    "people/rules.py": "",
    "people/tables.py": "",
    "people/queries.py": "",
    "people/actions.py": "",
    "ranking/rules.py": "",
    "ranking/actions.py": "",
    "values/money.py": "",
    "charts/pareto.py": "",
    "clock.py": "",
    "config.py": "",
    "db.py": "",
    "jobs.py": "",
    "web/everyone/routes.py": "",
    "cli/people.py": "",
}
LATER = "people comes before ranking on the trail, and a step never imports a later one"

WAYS_TO_WRITE_AN_IMPORT = [
    "from app.ranking.rules import pareto",
    "from app.ranking import rules",
    "from app.ranking import *",
    "import app.ranking.rules",
    "import app.ranking.rules as order",
    "import json, app.ranking",
    "from ..ranking import rules",
    "from ..ranking.rules import pareto",
    "def later():\n    from app.ranking import rules",
    "class Later:\n    def ask(self):\n        import app.ranking.rules",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.ranking.rules import Pareto",
    "try:\n    import app.ranking\nexcept ImportError:\n    pass",
    'from importlib import import_module\nrules = import_module("app.ranking.rules")',
    'import importlib\nrules = importlib.import_module("app.ranking.rules")',
    'import importlib\nrules = importlib.import_module("..ranking.rules", __package__)',
    'rules = __import__("app.ranking.rules")',
]


@pytest.mark.parametrize("source", WAYS_TO_WRITE_AN_IMPORT)
def test_an_import_of_a_later_step_is_found_however_it_is_written(tmp_path: Path, source: str) -> None:
    findings = wrong_imports(plant(tmp_path, {**STANDING, "people/actions.py": source}), PICTURE)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "ranking" in text)
    assert len(findings) == 1
    assert findings[0].startswith(f"app/people/actions.py:{line} imports app.ranking")
    assert findings[0].endswith(f": {LATER}.")


WRONG = [
    ("people/actions.py", "from app.web.everyone import routes", "people is a step, and a step never calls web"),
    ("people/actions.py", "from app.cli import people", "people is a step, and a step never calls cli"),
    ("people/actions.py", "from app import jobs", "people is a step, and a step never calls jobs"),
    ("people/actions.py", "from app import create_app", "so nobody may know it"),
    ("web/everyone/routes.py", "import app", "so nobody may know it"),
    ("web/everyone/routes.py", "from app.cli import people", "web does not go through cli"),
    ("cli/people.py", "from app.web.everyone import routes", "cli does not go through web"),
    ("jobs.py", "from app.web.everyone import routes", "jobs does not go through web"),
    ("values/money.py", "from app import db", "values is ground and carries the house"),
    ("db.py", "from app.values import money", "db is ground and carries the house"),
    ("clock.py", "from app.config import Settings", "clock is ground and carries the house"),
    ("charts/pareto.py", "from app.ranking import rules", "charts is ground and carries the house"),
    ("people/rules.py", "from app.people import tables", "rules may import rules of its own step, not tables"),
    ("people/rules.py", "from app import db", "rules of a step may not know db"),
    ("people/rules.py", "from app import clock", "rules of a step may not know clock"),
    ("people/rules.py", "from app import config", "rules of a step may not know config"),
    ("people/tables.py", "from app.people.queries import people", "not queries"),
    ("people/queries.py", "from app.people.actions import add_user", "of its own step, not actions"),
    ("ranking/queries.py", "from app.people.tables import User", "of an earlier step, not tables"),
    ("ranking/queries.py", "from app.people import actions", "of an earlier step, not actions"),
    ("people/rules.py", "from sqlalchemy import select", "rules know values and the standard library only"),
    ("people/rules.py", "import flask", "rules know values and the standard library only"),
    ("ranking/rules.py", "import numpy as np", "rules know values and the standard library only"),
    ("people/actions.py", "from flask import current_app", "flask is for cli, web"),
    ("people/actions.py", "def draw():\n    import matplotlib.figure", "matplotlib is for charts"),
    ("ranking/actions.py", "import numpy", "numpy is for charts"),
    ("web/everyone/routes.py", "from sqlalchemy import select", "sqlalchemy is for"),
    ("web/everyone/routes.py", "import statsmodels.api as sm", "nobody in app/ may import statsmodels"),
    ("people/actions.py", "from tests.builders import make_user", "the application does not know its tests"),
    ("marketing/rules.py", "", "app/marketing is in no place of the picture"),
    ("tools.py", "", "app/tools is in no place of the picture"),
]


@pytest.mark.parametrize(("name", "source", "sentence"), WRONG)
def test_a_planted_wrong_import_is_found_and_named(tmp_path: Path, name: str, source: str, sentence: str) -> None:
    findings = wrong_imports(plant(tmp_path, {**STANDING, name: source}), PICTURE)
    assert findings
    assert all(f"app/{name}" in finding or f"app/{name.split('/', maxsplit=1)[0]}/" in finding for finding in findings)
    assert any(sentence in finding for finding in findings)


RIGHT = [
    ("ranking/actions.py", "from app.people import actions, queries, rules, tables\nfrom app import clock, db"),
    (
        "ranking/queries.py",
        "from sqlalchemy import select\nfrom app.people.queries import names\nfrom app import db",
    ),
    (
        "people/tables.py",
        "from sqlalchemy.orm import Mapped\nfrom app.db import Base\nfrom app.people import rules",
    ),
    ("ranking/rules.py", "import math\nfrom app.values.money import Money\nfrom app.people.rules import Actor"),
    ("charts/pareto.py", "import numpy as np\nfrom app.values import money"),
    (
        "web/everyone/routes.py",
        "from sqlalchemy.orm import Session\nfrom app import jobs\nfrom app.ranking import rules",
    ),
    ("cli/people.py", "import click\nfrom flask import current_app\nfrom app.people import actions"),
    ("charts/pareto.py", "def draw():\n    import matplotlib\n    import numpy"),
    ("__init__.py", "from flask import Flask\nfrom app import cli, web, jobs\nfrom app.ranking import actions"),
]


@pytest.mark.parametrize(("name", "source"), RIGHT)
def test_an_import_that_the_picture_allows_is_let_through(tmp_path: Path, name: str, source: str) -> None:
    assert wrong_imports(plant(tmp_path, {**STANDING, name: source}), PICTURE) == []


def test_rules_that_reach_the_database_through_others_are_found_with_the_way(tmp_path: Path) -> None:
    files = {
        **STANDING,
        "ranking/rules.py": "from app.ranking import order",
        "ranking/order.py": "from app.people import signing",
        "people/signing.py": "def sign():\n    from app import db",
    }
    way = "app.ranking.rules -> app.ranking.order -> app.people.signing -> app.db"
    assert impure_rules(plant(tmp_path, files), PICTURE) == [
        f"app/ranking/rules.py is not pure, it reaches app.db: {way}."
    ]


def test_rules_upon_rules_are_pure(tmp_path: Path) -> None:
    files = {
        **STANDING,
        "ranking/rules.py": "from app.people import rules",
        "people/rules.py": "import app.values.money",
    }
    assert impure_rules(plant(tmp_path, files), PICTURE) == []


def test_a_circle_of_modules_is_found(tmp_path: Path) -> None:
    files = {
        "people/rules.py": "from app.people import trail",
        "people/trail.py": "def entry():\n    from app.people.actions import add",
        "people/actions.py": "import app.people.rules",
    }
    ring = {"app.people.rules", "app.people.trail", "app.people.actions"}
    (found,) = circles(plant(tmp_path, files))
    names = found.split(" -> ")
    assert names[0] == names[-1]
    assert set(names) == ring


def test_a_package_that_imports_a_module_that_imports_the_package_is_a_circle(tmp_path: Path) -> None:
    files = {"people/rules.py": "import app.people"}
    modules = plant(tmp_path, files)
    (tmp_path / "app/people/__init__.py").write_text("from app.people import rules\n", encoding="utf-8")
    assert circles(modules) == []
    assert len(circles(plant(tmp_path, files))) == 1


def test_modules_that_meet_again_lower_down_are_no_circle(tmp_path: Path) -> None:
    files = {
        "people/actions.py": "from app.people import queries, rules",
        "people/queries.py": "from app.people import rules",
        "people/rules.py": "",
    }
    assert circles(plant(tmp_path, files)) == []

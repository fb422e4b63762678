"""How long the application and the command line take to start, against the libraries that they cannot do without."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from scripts.benchmarks.table import Row, medians_seconds

LIBRARIES = "import flask, flask_login, flask_wtf, sqlalchemy.orm"
APPLICATION = "from app import create_app; create_app()"
LONGEST_IMPORT_SECONDS = 0.7


def rows() -> Iterator[Row]:
    """Import of the application, and `flask --help`."""
    commands = ("-c", LIBRARIES), ("-c", APPLICATION), ("-c", "pass"), ("-m", "flask", "--app", "wsgi", "--help")
    libraries, ours, bare, usage = medians_seconds(*(partial(_python, *words) for words in commands), times=7)
    yield Row("import of the application", ours - bare, "0.7 s, fixed", LONGEST_IMPORT_SECONDS, "s", 1.0)
    yield Row("start with the application made", ours, "its libraries alone", libraries, "s", 2.5)
    yield Row("flask --help", usage, "its libraries alone", libraries, "s", 3)


def _python(*words: str) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True)

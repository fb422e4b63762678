"""How long the application and the command line take to start, against the libraries that they cannot do without."""

import subprocess
import sys
from collections.abc import Iterator

from scripts.benchmarks.table import Row, median_seconds

LIBRARIES = "import flask, flask_login, flask_wtf, sqlalchemy.orm"
LONGEST_IMPORT_SECONDS = 0.7


def rows() -> Iterator[Row]:
    """Import of the application, and `flask --help`."""
    libraries = _python("-c", LIBRARIES)
    ours = _python("-c", "from app import create_app; create_app()")
    bare = _python("-c", "pass")
    yield Row("import of the application", ours - bare, "0.7 s, fixed", LONGEST_IMPORT_SECONDS, "s", 1.0)
    yield Row("start with the application made", ours, "its libraries alone", libraries, "s", 2.5)
    yield Row(
        "flask --help", _python("-m", "flask", "--app", "wsgi", "--help"), "its libraries alone", libraries, "s", 3
    )


def _python(*words: str) -> float:
    return median_seconds(lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True), 7, 2)

"""The project as a folder: its locks agree, its scripts are in order, and no file names a place outside of it."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", "instance", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"}
SCRIPTS = ("bench", "install", "lint", "run", "test")

# In pieces, so that this file does not find itself.
INDEX_HOSTS = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "registry." + "yarnpkg", "ana" + "conda.org")
MACHINE_PATHS = ("/" + "work/", "/" + "root/", "/" + "tmp/team", "/" + "Users/", "/" + "home/")
FOREIGN = re.compile("|".join([*map(re.escape, INDEX_HOSTS), *(rf"(?<![\w.:-]){path}" for path in MACHINE_PATHS)]))
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def project_files() -> Iterator[Path]:
    """Every file that belongs to the project, whatever it holds."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        yield from (Path(folder) / name for name in names)


def places_named(text: str) -> list[str]:
    """Each package index or folder of somebody's machine that a text names."""
    return FOREIGN.findall(text)


def pins(lock: str) -> set[tuple[str, str, str]]:
    """Name, version and condition of every requirement in a lock."""
    return set(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))


def test_no_file_names_a_package_index_or_a_folder_of_somebodys_machine() -> None:
    files = list(project_files())
    assert ROOT / "pyproject.toml" in files
    named = {
        str(file.relative_to(ROOT)): found
        for file in files
        if (found := places_named(file.read_text(encoding="utf-8", errors="ignore")))
    }
    assert named == {}


def test_such_names_would_be_found() -> None:
    assert places_named("--index-url https://" + INDEX_HOSTS[0] + "/simple")
    assert places_named("open('" + MACHINE_PATHS[0] + "data.csv')")
    assert not places_named("https://example.org/homework/work/1 and ../shared/data, /workers")


def test_both_locks_hold_a_hash_for_every_requirement_and_no_address() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        requirements = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(requirements) > 30
        assert [one.split()[0] for one in requirements if "--hash=sha256:" not in one] == []
        assert "://" not in text
        assert "--find-links" not in text


def test_the_lock_of_the_tests_holds_the_lock_of_the_application() -> None:
    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()
    assert len(pins("requirements.txt")) > 30


def test_every_direct_requirement_is_locked_at_its_version_and_has_its_reason() -> None:
    reasons = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8")
    for source, lock in (("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")):
        locked = {(name, version) for name, version, _condition in pins(lock)}
        for line in (ROOT / source).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                name, version = re.sub(r"\[.*\]", "", line).split("==")
                assert (name.lower(), version) in locked, f"{source}: make {lock} again, {line} is not in it."
                assert f"`{name}`" in reasons, f"{source}: {name} has no reason in docs/decisions/0001-dependencies.md."


def test_the_code_names_every_clause_of_the_methods_and_none_that_is_not_there() -> None:
    methods = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    written = re.findall(r"^\*\*([A-Z][1-9][0-9]?)\b", methods, re.MULTILINE)
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "app").rglob("*.py"))
    groups = re.findall(r"\(([A-Z][1-9][0-9]?(?:, [A-Z][1-9][0-9]?)*)\)", code)
    named = {clause for names in groups for clause in names.split(", ")}
    assert len(written) == len(set(written)) > 50
    assert named == set(written)


def test_every_script_can_be_started_and_read_by_a_plain_shell() -> None:
    for name in SCRIPTS:
        script = ROOT / "scripts" / name
        assert os.access(script, os.X_OK), f"scripts/{name} cannot be started: chmod +x"
        assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
        subprocess.run(["sh", "-n", script], check=True)


def test_a_script_refuses_what_it_does_not_know_with_one_line() -> None:
    for name, argument in (("install", "--all"), ("run", "--fast"), ("run", "--port=http")):
        run = subprocess.run([ROOT / "scripts" / name, argument], cwd=ROOT, capture_output=True, text=True, check=False)
        assert run.returncode == 2
        assert argument.removeprefix("--port=") in run.stderr
        assert run.stderr.count("\n") == 1

"""scripts/run as a person uses it: it starts, says where, answers, and takes with it what it started."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60


def free_port() -> int:
    """A port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """scripts/run with an installation of its own, in a process group of its own."""
    environment = {**os.environ, "TRACKER_INSTANCE": str(folder), "DATABASE_URL": ""}
    process = subprocess.Popen(
        [ROOT / "scripts" / "run", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def said_until(process: subprocess.Popen[str], words: str) -> str:
    """All that was printed up to the line that holds the words, or up to the end."""
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)


def members(group: int) -> bool:
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_one_command_starts_the_tracker_and_a_signal_stops_all_of_it(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, "--port", str(port)) as process:
        said = said_until(process, "/setup")
        assert f"The tracker runs at http://127.0.0.1:{port} " in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while members(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not members(process.pid)
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10)


@pytest.mark.slow
def test_the_demo_starts_a_second_time_and_prints_its_sign_ins_again(tmp_path: Path) -> None:
    for _start in range(2):
        port = free_port()
        with started(tmp_path, "--demo", "--port", str(port)) as process:
            said = said_until(process, "Sign in as one of the people")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=10) as answer:
                assert "Harbour &amp; Vale" in answer.read().decode(), "the pages carry the demo company's name"
            process.terminate()
            process.wait(PATIENCE_SECONDS)
        assert "The tracker runs at" in said
        assert said.count("@") > 1, "the sign-ins of the demo company are printed"


@pytest.mark.slow
def test_a_port_in_use_is_one_sentence_before_anything_is_changed(tmp_path: Path) -> None:
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]
        with started(tmp_path, "--port", str(port)) as process:
            said = said_until(process, "never said")
            assert process.wait(PATIENCE_SECONDS) == 1
    assert said.count("\n") == 1
    assert said.startswith(f"Port {port} cannot be had")
    assert list(tmp_path.iterdir()) == []

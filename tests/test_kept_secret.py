"""The secrets of an installation are made once, whichever process comes first."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from app.config import SettingRefused, kept_secret


def test_a_secret_is_made_on_first_use_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    made = kept_secret(path)
    assert len(bytes.fromhex(made)) == 32
    assert kept_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_many_that_start_at_once_get_the_same_whole_secret(tmp_path: Path) -> None:
    path, at_once = tmp_path / "secret_key", Barrier(8)

    def start(_: int) -> str:
        at_once.wait()
        return kept_secret(path)

    with ThreadPoolExecutor(8) as starters:
        found = set(starters.map(start, range(8)))
    assert found == {path.read_text(encoding="ascii")}
    assert len(found.pop()) == 64


def test_whoever_comes_second_takes_the_secret_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, others = tmp_path / "secret_key", []
    fsync = os.fsync

    def somebody_else_is_faster(descriptor: int) -> None:
        fsync(descriptor)
        monkeypatch.setattr(os, "fsync", fsync)
        assert not path.exists(), "A secret that is not written whole has no name yet."
        others.append(kept_secret(path))

    monkeypatch.setattr(os, "fsync", somebody_else_is_faster)
    assert [kept_secret(path)] == others
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(SettingRefused, match=r"secret_key is empty.*Remove the file"):
        kept_secret(tmp_path / "secret_key")

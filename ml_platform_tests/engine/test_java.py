import os
import subprocess
from pathlib import Path

import pytest

from ml_platform.engine.java import SHIM, ensure_java, java_version


def fake_java(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("said", "release"), [("17.0.15", 17), ("25", 25), ("1.8.0_402", 1), ("21-ea", 21)]
)
def test_the_release_is_read_from_what_java_says(tmp_path: Path, said: str, release: int) -> None:
    assert java_version(fake_java(tmp_path, said)) == release


def test_a_java_that_cannot_be_run_has_release_zero(tmp_path: Path) -> None:
    assert java_version(tmp_path / "bin" / "java") == 0


def test_a_new_enough_java_home_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_java(tmp_path, "21.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert ensure_java() == tmp_path
    assert os.environ["JAVA_HOME"] == str(tmp_path)


def test_an_old_java_home_gives_way_to_the_java_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_java(tmp_path / "old", "11.0.2")
    fake_java(tmp_path / "new", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    monkeypatch.setenv("PATH", str(tmp_path / "new" / "bin"), prepend=os.pathsep)
    assert ensure_java() == tmp_path / "new"


def test_the_shim_drops_the_module_that_the_packaged_java_lacks(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_text('#!/usr/bin/env bash\nprintf "%s|" "$@"\n')
    real.chmod(0o755)
    shim = tmp_path / "java"
    shim.write_text(SHIM.format(java=real))
    command = ["bash", shim, "-Xmx1g", "--add-modules=jdk.incubator.vector", "a b"]
    assert subprocess.check_output(command, text=True) == "-Xmx1g|a b|"

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.stores.request_log.redaction_key import redaction_key


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "redaction.key"

    first = redaction_key(path)

    assert len(first) == 32
    assert redaction_key(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["redaction.key"]
    assert redaction_key(tmp_path / "other") != first


def test_workers_that_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        found = set(pool.map(redaction_key, [tmp_path / "key"] * 12))

    assert len(found) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    redaction_key(path)
    path.chmod(0o640)

    with pytest.raises(ConfigError, match="chmod 600"):
        redaction_key(path)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"short")
    path.chmod(0o600)

    with pytest.raises(ConfigError, match="holds 5 bytes, a key of redaction has 32"):
        redaction_key(path)

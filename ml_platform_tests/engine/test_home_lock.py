import os
from pathlib import Path

import pytest

from ml_platform.engine.errors import EngineError
from ml_platform.engine.home_lock import HomeLock


def test_a_home_in_use_is_refused_naming_its_holder(tmp_path: Path) -> None:
    first, second = HomeLock(tmp_path), HomeLock(tmp_path)
    first.acquire()
    with pytest.raises(EngineError, match=rf"process {os.getpid()}"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()

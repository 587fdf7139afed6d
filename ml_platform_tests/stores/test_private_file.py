import stat

import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.stores.private_file import read_private, write_private


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601, 0o660])
def test_a_file_that_others_can_reach_is_refused_with_its_name_and_mode(tmp_path, mode):
    file = tmp_path / "secret"
    file.write_text("secret")
    file.chmod(mode)
    with pytest.raises(ConfigError, match=f"{file} holds the key and has mode {mode:04o}"):
        read_private(file, "the key")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_its_owner_alone_is_read(tmp_path, mode):
    file = tmp_path / "secret"
    file.write_text("secret")
    file.chmod(mode)
    assert read_private(file, "the key") == b"secret"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=f"{tmp_path / 'absent'} should hold the key"):
        read_private(tmp_path / "absent", "the key")


def test_a_written_file_has_mode_0600_even_where_the_former_had_not(tmp_path):
    file = tmp_path / "deep" / "secret"
    file.parent.mkdir()
    file.write_text("former")
    file.chmod(0o644)
    write_private(file, b"new")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_private(file, "the key") == b"new"
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_private(tmp_path / "file" / "secret", b"new")

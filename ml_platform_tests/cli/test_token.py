"""A token is shown once; its file is nobody else's."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ml_platform.cli.main import main
from ml_platform.stores.access_tokens import holder, read_tokens


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ML_PLATFORM_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "tokens.json"


def token(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["token", *arguments])


def test_a_token_is_printed_alone_and_let_in(file):
    made = token("shop")
    assert made.exit_code == 0
    shown = made.stdout.strip()
    assert " " not in shown
    held = holder(read_tokens(file), shown)
    assert held is not None
    assert (held.name, held.scope) == ("shop", "predict")
    assert shown not in file.read_text()
    assert shown not in made.stderr
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_token_may_have_the_scope_admin_and_another_file(file, tmp_path):
    made = token("ops", "--scope", "admin", "--file", str(tmp_path / "other.json"))
    held = holder(read_tokens(tmp_path / "other.json"), made.stdout.strip())
    assert held is not None
    assert held.scope == "admin"
    assert not file.exists()


def test_a_withdrawn_token_is_let_in_no_more(file):
    shown = token("shop").stdout.strip()
    assert token("shop", "--withdraw").exit_code == 0
    assert holder(read_tokens(file), shown) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop"], 'a token named "shop" already'),
        ([" "], "NAME must not be empty"),
        (["nobody", "--withdraw"], 'no token named "nobody"; there are: shop'),
        (["x", "--scope", "root"], "predict"),
    ],
)
def test_what_cannot_be_is_refused_in_words(file, arguments, said):
    token("shop")
    refused = token(*arguments)
    assert refused.exit_code == 2
    assert said in refused.output
    assert "Traceback" not in refused.output

"""What the commands read of the declarations, and what they say of one that is broken."""

from pathlib import Path

import pytest

from ml_platform.cli.declarations import check_params, declared_models
from ml_platform.core.errors import ConfigError
from ml_platform_tests.cli.conftest import Command


def declare(folder: Path, text: str) -> Path:
    path = folder / "models" / "broken" / "defs.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path.parents[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("attributes: {name: x", "defs.yaml is not valid YAML: line 1, "),
        ("a: 1\n\tb: 2\n", "defs.yaml is not valid YAML: line 2, "),
        ("- just\n- a list\n", "must hold the keys type and attributes"),
        ("attributes: flight_delay\n", "must hold the keys type and attributes"),
    ],
)
def test_a_broken_declaration_is_told_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        declared_models(declare(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_status_over_a_broken_declaration_shows_no_traceback(
    ml_platform: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = declare(tmp_path, "attributes: {name: x")
    monkeypatch.setattr("ml_platform.cli.declarations.DECLARATIONS", folder)
    result = ml_platform("status")
    assert "is not valid YAML" in result.stderr
    assert "Traceback" not in result.output
    assert result.exit_code == 2


def test_a_file_that_declares_no_model_is_passed_over(tmp_path: Path) -> None:
    assert declared_models(declare(tmp_path, "type: something.Else\n")) == {}


def test_parameters_of_an_estimator_that_is_not_in_order_are_not_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = declare(tmp_path, "attributes: {name: x, estimator: {kind: xgbost}}")
    monkeypatch.setattr("ml_platform.cli.declarations.DECLARATIONS", folder)
    with pytest.raises(ConfigError, match=r'The estimator of x is not .* "xgbost"'):
        check_params("x", {"max_depth": 3})

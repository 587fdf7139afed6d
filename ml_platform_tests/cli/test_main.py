import pytest

from ml_platform_tests.cli.conftest import Command

COMMANDS = ("demo", "up", "status", "ledger", "contract", "promote", "rollback", "retrain")
REASONED = ("--by", "Ada", "--why", "because")


def test_help_names_every_command_and_shows_examples(ml_platform: Command) -> None:
    said = ml_platform("--help").output
    for command in COMMANDS:
        assert f"  {command}" in said
    assert "ml-platform rollback flight_delay --by Ada" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_in_its_help(ml_platform: Command, command: str) -> None:
    assert f"ml-platform {command}" in ml_platform(command, "--help").output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("promote", "fligth_delay", *REASONED), 'did you mean "flight_delay"?'),
        (("rollback", "nonsense", *REASONED), 'There is no model "nonsense"'),
        (("retrain", "nonsense", *REASONED), "Declared models: flight_delay"),
        (("ledger", "--model", "nonsense"), 'There is no model "nonsense"'),
        (("promote", "flight_delay"), "Missing option '--"),
        (("retrain", "flight_delay", "--by", "Ada"), "Missing option '--why'"),
        (("retrain", "flight_delay", "--by", " ", "--why", "x"), "--by must not be empty"),
        (("retrain", "flight_delay", *REASONED, "--param", "depth"), "takes NAME=VALUE"),
        (("retrain", "flight_delay", *REASONED, "--param", "max_dept=8"), '"max_depth"?'),
        (("retrain", "flight_delay", *REASONED, "--param", "max_depth=-1"), "from 0 to 64"),
        (("promote", "flight_delay", "three", *REASONED), "not a valid integer"),
        (("promote", "flight_delay", "0", *REASONED), "0 is not in the range x>=1"),
        (("rollback", "flight_delay", "0", *REASONED), "0 is not in the range x>=1"),
        (("promote", "flight_delay", "7", *REASONED), "no version 7"),
        (("promote", "flight_delay", *REASONED), "No version of flight_delay waits"),
        (("rollback", "flight_delay", *REASONED), "no previous champion"),
    ],
)
def test_a_mistake_is_answered_in_words_with_exit_code_2(
    ml_platform: Command, words: tuple[str, ...], message: str
) -> None:
    result = ml_platform(*words)
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert result.exit_code == 2


def test_a_setting_that_cannot_be_is_told_by_name(
    ml_platform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_PLATFORM_TICK_SECONDS", "fast")
    result = ml_platform("status")
    assert "ML_PLATFORM_TICK_SECONDS must be a whole number of seconds" in result.stderr
    assert result.exit_code == 2


def test_without_any_state_the_way_to_some_is_shown(
    ml_platform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_PLATFORM_HOME", "nowhere")
    result = ml_platform("status")
    assert "Run 'ml-platform demo'" in result.stderr
    assert result.exit_code == 2


def test_a_registry_that_does_not_answer_is_a_failed_operation(
    ml_platform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    result = ml_platform("status")
    assert "Traceback" not in result.output
    assert result.exit_code == 1

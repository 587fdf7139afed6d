import json

from ml_platform_tests.cli.conftest import Command


def ledger(ml_platform: Command) -> list[dict]:
    return json.loads(ml_platform("ledger", "--json").stdout)


def test_a_retraining_is_asked_for_in_the_ledger_and_nowhere_else(ml_platform: Command) -> None:
    asked = ml_platform(
        *("retrain", "flight_delay", "--by", "Ada", "--why", "new carrier"),
        *("--param", "max_depth=8", "--param", "gamma=0.1"),
    )
    assert asked.exit_code == 0, asked.output
    (entry,) = ledger(ml_platform)
    assert entry["kind"] == "request"
    assert (entry["model"], entry["by"], entry["reason"]) == ("flight_delay", "Ada", "new carrier")
    assert json.loads(entry["evidence"]) == {"params": {"max_depth": 8, "gamma": 0.1}}
    assert entry["run_id"] is None


def test_a_misspelt_parameter_asks_for_nothing(ml_platform: Command) -> None:
    asked = ml_platform(
        *("retrain", "flight_delay", "--by", "Ada", "--why", "deeper"),
        *("--param", "max_dept=8", "--param", "subsample=2"),
    )
    assert asked.exit_code == 2
    assert 'given "max_dept", did you mean "max_depth"?' in asked.stderr
    assert "subsample: given 2, expected a number" in asked.stderr
    assert ledger(ml_platform) == []


def test_the_ledger_is_shown_as_a_table(ml_platform: Command) -> None:
    assert "nothing has been decided yet" in ml_platform("ledger").stdout
    ml_platform("retrain", "flight_delay", "--by", "Ada", "--why", "new carrier")
    shown = ml_platform("ledger", "--model", "flight_delay").stdout
    assert "request" in shown
    assert "new carrier" in shown
    assert "Ada" in shown


def test_status_shows_the_newest_word_on_each_model(ml_platform: Command) -> None:
    assert "none yet" in ml_platform("status").stdout
    ml_platform("retrain", "flight_delay", "--by", "Ada", "--why", "new carrier")
    (model,) = json.loads(ml_platform("status", "--json").stdout)["models"]
    assert model["model"] == "flight_delay"
    assert model["champion"] is None
    assert model["last_decision"]["reason"] == "new carrier"


def test_status_says_what_a_model_without_a_champion_has_and_waits_for(
    ml_platform: Command,
) -> None:
    said = ml_platform("status").stdout
    assert (
        "flight_delay has no champion yet: 0 events seen, 0 labelled, 5,000 needed beside the "
        "hold-out of 7 days; it waits for files of flights: no valid row has been taken in yet."
    ) in said
    (model,) = json.loads(ml_platform("status", "--json").stdout)["models"]
    assert model["before_first_champion"]["needed"] == 5000

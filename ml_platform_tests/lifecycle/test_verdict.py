"""The verdict of a day says what its checks call for, and is restated when labels come."""

from __future__ import annotations

import json

from dagster import AssetCheckEvaluation, AssetKey

from ml_platform.core import names
from ml_platform.core.decision import Action
from ml_platform.core.facts import CheckName
from ml_platform.core.partition_facts import facts_of_partition
from ml_platform.core.retraining import called_for
from ml_platform.core.verdict import Verdict
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.policy_facts import gather_facts
from ml_platform_tests.end_to_end.loop import MODEL, SMALL, Loop
from ml_platform_tests.end_to_end.trained import DAY, succeeded

GOOD = '{"n_estimators": 20, "max_depth": 3, "learning_rate": 0.1, "min_child_weight": 20}'
# Windows of a day, so that a week holds several, and few labels suffice.
ONE_DAY = SMALL | {
    "monitoring": {
        "drift": {"window": "1 day"},
        "performance": {"window": "1 day", "min_labels": 200, "floors": {"roc_auc": 0.9}},
    }
}


def verdict_of(loop: Loop, day: str) -> dict:
    [row] = loop.rows(loop.model.table(names.VERDICT), day)
    return row


def test_a_day_has_one_verdict_with_its_evidence(trained: Loop) -> None:
    row = verdict_of(trained, DAY)
    found = trained.finding(trained.model.path(names.VERDICT), names.VERDICT, DAY)
    assert found.sentence == row["sentence"]
    assert found.verdict.value == row["verdict"]
    assert row["model_version"] == 1
    drift = trained.finding(trained.model.path(names.DRIFT), names.COLUMN_DRIFT, DAY)
    if drift.verdict.violated:
        assert "drift" in json.loads(row["evidence"])
        assert row["drifted_columns"] > 0


def test_the_verdict_is_what_the_policy_would_say_of_the_same_day(trained: Loop) -> None:
    past = trained.ledger.entries(model=MODEL)
    facts = gather_facts(trained.model, trained.instance, trained.lake, trained.registry, past)
    assert facts is not None
    asked = called_for(trained.model.spec.retraining, facts_of_partition(facts, DAY, past), past)
    row = verdict_of(trained, DAY)
    assert (row["action"], row["cause"]) == (asked.verdict.value, asked.cause.value)


def test_days_before_the_first_champion_are_not_judged(trained: Loop) -> None:
    found = trained.finding(trained.model.path(names.VERDICT), names.VERDICT)
    assert found.partition == DAY
    row = verdict_of(trained, "2013-01-05")
    assert row["verdict"] == Verdict.NOT_EVALUATED
    assert row["model_version"] is None
    assert row["drifted_columns"] is None
    assert row["drifted_importance"] is None
    assert row["action"] in (Action.WAIT, Action.RETRAIN)


def test_a_version_keeps_what_it_relies_on(trained: Loop) -> None:
    champion = trained.registry.champion(MODEL)
    assert champion is not None
    kept = load_artifact(champion.path, champion.manifest_sha256).spec
    assert {each["column"] for each in kept["importance"]} == set(trained.model.inputs)
    assert sum(each["loss_increase"] > 0 for each in kept["importance"]) > 3
    sample = trained.rows(trained.model.table(names.REFERENCE_SAMPLE), "1")
    assert 0 < len(sample) <= 2000
    assert {row["source_partition"] for row in sample} <= {f"2013-01-0{n}" for n in range(1, 7)}


def test_labels_restate_the_verdict(own: Loop) -> None:
    loop = own.having(changes={MODEL: ONE_DAY})
    succeeded(loop.run_stages((names.DRIFT, names.VERDICT), day=DAY))
    before = verdict_of(loop, DAY)
    succeeded(loop.run_stages((names.PERFORMANCE, names.VERDICT), day=DAY))
    after = verdict_of(loop, DAY)
    assert before["cause"] != "performance_loss"
    assert (after["cause"], after["action"]) == ("performance_loss", "retrain")
    assert after["sentence"].endswith(": calls for a retraining")
    assert after["computed_at"] > before["computed_at"]


def test_a_verdict_without_any_check_is_none(own: Loop) -> None:
    succeeded(own.run_stages((names.VERDICT,), day=DAY))
    found = own.finding(own.model.path(names.VERDICT), names.VERDICT, DAY)
    assert found.verdict is Verdict.NOT_EVALUATED


def test_rows_as_a_whole_are_told_from_those_learned_from(unlabelled: Loop) -> None:
    loop = unlabelled.having(changes={MODEL: ONE_DAY})
    succeeded(loop.run_stages(names.RETRAINING, tags={names.TAG_PARAMS: GOOD}))
    succeeded(loop.run_stages((names.DRIFT, names.VERDICT), day=DAY))
    found = loop.finding(loop.model.path(names.VERDICT), names.MULTIVARIATE_DRIFT, DAY)
    assert found.verdict.evaluated, found.sentence
    assert 0.4 < found.numbers["auc"] <= 1
    assert found.verdict.violated is (found.numbers["auc"] > found.numbers["threshold"])
    [row] = loop.rows(loop.model.table(names.VERDICT), DAY)
    assert row["model_version"] == found.numbers["model_version"]


def test_a_table_that_falls_behind_is_a_fact_about_the_newest_day(own: Loop) -> None:
    succeeded(own.run_stages((names.DRIFT, names.VERDICT), day=DAY))
    late = AssetCheckEvaluation(
        asset_key=AssetKey(list(names.landing("weather"))),
        check_name=names.FRESHNESS,
        passed=False,
        metadata={"verdict": "failed"},
        description="landed through 2013-01-04, 3 days behind",
    )
    own.instance.report_runless_asset_event(late)
    past = own.ledger.entries(model=MODEL)
    facts = gather_facts(own.model, own.instance, own.lake, own.registry, past)
    assert facts is not None
    [fact] = facts.history(CheckName.FRESHNESS)
    assert (fact.partition, fact.subject, fact.verdict) == (DAY, "weather", Verdict.FAILED)
    decision = called_for(own.model.spec.retraining, facts, past)
    assert decision.verdict is Action.PAGE
    assert "weather landed through 2013-01-04, 3 days behind" in decision.reason

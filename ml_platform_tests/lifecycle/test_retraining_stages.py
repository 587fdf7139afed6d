"""A training ends in a champion with a full record, or in a refusal with its reasons."""

from __future__ import annotations

import json

import numpy as np

from ml_platform.core import names
from ml_platform.core.ledger import EntryKind
from ml_platform.defs.models.flight_delay import preprocess
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.xgboost_model import fit
from ml_platform.lifecycle.training_rows import read_split
from ml_platform.spark.content_digest import content_digest
from ml_platform.stores.model_registry import CHALLENGER, PREVIOUS
from ml_platform_tests.end_to_end.failures import why_it_failed
from ml_platform_tests.end_to_end.loop import MODEL, SMALL, Loop
from ml_platform_tests.end_to_end.trained import succeeded

BAD = '{"n_estimators": 1, "max_depth": 1, "learning_rate": 0.01}'
GOOD = '{"n_estimators": 20, "max_depth": 3, "learning_rate": 0.1, "min_child_weight": 20}'
CAUSED = {
    names.TAG_DECISION: "decision-7",
    names.TAG_CAUSE: "performance_loss",
    names.TAG_AS_OF: "2013-01-07",
}


def test_the_gate_refuses_a_bad_candidate_and_the_champion_stays(own: Loop) -> None:
    refused = own.run_stages(names.RETRAINING, tags={names.TAG_PARAMS: BAD, **CAUSED})
    assert "blocking asset check" in why_it_failed(refused)
    champion = own.registry.champion(MODEL)
    assert champion is not None
    assert champion.version == 1
    assert own.registry.by_alias(MODEL, CHALLENGER) is None
    entry = own.ledger.entries(model=MODEL)[-1]
    assert (entry.kind, entry.verdict, entry.model_version) == (EntryKind.REFUSAL, "refused", "2")
    assert (entry.cause, entry.refers_to) == ("performance_loss", "decision-7")
    assert own.registry.version(MODEL, 2).tags["refused"] == entry.reason
    assert "rule" in json.dumps(dict(entry.evidence))


def test_a_good_candidate_becomes_champion_and_the_former_one_stays_addressable(
    unlabelled: Loop,
) -> None:
    succeeded(unlabelled.run_stages(names.RETRAINING, tags={names.TAG_PARAMS: GOOD, **CAUSED}))
    champion, previous = (
        unlabelled.registry.champion(MODEL),
        unlabelled.registry.by_alias(MODEL, PREVIOUS),
    )
    assert champion is not None
    assert previous is not None
    assert (champion.version, previous.version) == (2, 1)
    entry = unlabelled.ledger.entries(model=MODEL)[-1]
    assert (entry.kind, entry.verdict) == (EntryKind.PROMOTION, "promoted")
    assert entry.reason == "version 2 passed the gate; it replaces version 1"
    assert entry.as_of == "2013-01-07"


def test_a_manual_approval_waits_for_a_person(unlabelled: Loop) -> None:
    manual = unlabelled.having(changes={MODEL: SMALL | {"promotion": {"approval": "manual"}}})
    succeeded(manual.run_stages(names.RETRAINING, tags={names.TAG_PARAMS: GOOD}))
    champion, waiting = (
        unlabelled.registry.champion(MODEL),
        unlabelled.registry.by_alias(MODEL, CHALLENGER),
    )
    assert champion is not None
    assert waiting is not None
    assert (champion.version, waiting.version) == (1, 2)
    entry = unlabelled.ledger.entries(model=MODEL)[-1]
    assert (entry.kind, entry.verdict) == (EntryKind.OUTCOME, "awaiting_approval")


def test_a_version_names_all_that_it_was_made_of(unlabelled: Loop) -> None:
    run = succeeded(
        unlabelled.run_stages(names.RETRAINING, tags={names.TAG_PARAMS: GOOD, **CAUSED})
    )
    made = unlabelled.registry.version(MODEL, 2)
    extra = json.loads((made.path / "spec.json").read_text())
    versions = {
        table: unlabelled.lake.table(table).version()
        for table in (
            *("flights/validated", "weather/validated", "outcomes/validated"),
            *(f"{MODEL}/features", f"{MODEL}/labels"),
        )
    }
    assert extra["data_versions"] == versions
    assert extra["dagster_run_id"] == run.run_id
    assert (extra["cause"], extra["as_of"]) == ("performance_loss", "2013-01-07")
    assert extra["code_revision"]
    assert "decision-7" in extra.values()
    assert len(extra["training_set_digest"]) >= 16
    for name in ("data_versions", "training_set_digest", "code_revision", "dagster_run_id"):
        value = extra[name]
        assert made.tags[name] == (value if isinstance(value, str) else json.dumps(value)), name


def test_the_recorded_data_give_the_same_model_again(trained: Loop, spark: object) -> None:
    champion = trained.registry.champion(MODEL)
    assert champion is not None
    recorded = json.loads((champion.path / "spec.json").read_text())
    version = recorded["training_set_version"]
    table = trained.lake.table(trained.model.table(names.TRAINING_SET))
    digest = content_digest(table.read(spark, version=version))  # type: ignore[arg-type]
    assert digest == recorded["training_set_digest"]
    train, held_out = (
        read_split(trained.model, trained.lake, spark, version, split)  # type: ignore[arg-type]
        for split in ("train", "holdout")
    )
    params = SMALL["estimator"]["params"]  # type: ignore[index]
    again = fit(preprocess.transform(train.columns), train.label, params, preprocess.FEATURES)
    scores = again.inplace_predict(preprocess.transform(held_out.columns), validate_features=False)
    registered = load_artifact(champion.path).score(held_out.columns)
    assert np.array_equal(np.asarray(scores, dtype=np.float64), registered)

"""Nothing becomes champion unless the gate judged it against the champion there is."""

from __future__ import annotations

import json

from ml_platform.core import names
from ml_platform.core.ledger import EntryKind
from ml_platform.core.rollout.step import Move
from ml_platform.estimators.artifact import SPEC_FILE
from ml_platform.stores.model_registry import SHADOW
from ml_platform_tests.end_to_end.failures import why_it_failed
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.end_to_end.trained import succeeded
from ml_platform_tests.lifecycle.test_retraining_stages import GOOD
from ml_platform_tests.stores.broken_aliases import break_aliases, mend_aliases

UP_TO_EVALUATION = (
    names.TRAINING_SET,
    names.CANDIDATE,
    names.REFERENCE,
    names.EVALUATION,
)
TAGS = {names.TAG_PARAMS: GOOD}


def champion_of(loop: Loop) -> int:
    champion = loop.registry.champion(MODEL)
    assert champion is not None
    return champion.version


def test_a_candidate_that_was_never_judged_is_not_promoted(unlabelled: Loop) -> None:
    succeeded(unlabelled.run_stages(UP_TO_EVALUATION[:2], tags=TAGS))

    alone = unlabelled.run_stages([names.CHAMPION])

    assert "was not let through by the gate" in why_it_failed(alone)
    assert champion_of(unlabelled) == 1


def test_a_champion_moved_during_the_evaluation_is_not_overridden(unlabelled: Loop) -> None:
    succeeded(unlabelled.run_stages(UP_TO_EVALUATION, tags=TAGS))
    succeeded(unlabelled.run_stages(UP_TO_EVALUATION, tags=TAGS))
    unlabelled.registry.promote(MODEL, 2)
    # Version 3 was judged against version 1; somebody made version 2 the champion since.
    unlabelled.registry.tag(MODEL, 3, {"gate": "passed"})

    late = unlabelled.run_stages([names.CHAMPION])

    assert "was judged against version 1, but the champion is now 2" in why_it_failed(late)
    assert champion_of(unlabelled) == 2


def test_a_promotion_is_on_record_before_the_champion_moves(unlabelled: Loop) -> None:
    succeeded(unlabelled.run_stages(UP_TO_EVALUATION, tags=TAGS))
    break_aliases(unlabelled.home)

    cut_short = unlabelled.run_stages([names.CHAMPION])

    assert "the disk is full" in why_it_failed(cut_short)
    assert champion_of(unlabelled) == 1
    announced = unlabelled.ledger.entries(model=MODEL)[-1]
    assert (announced.kind, announced.model_version) == (EntryKind.PROMOTION, "2")
    assert announced.evidence == {"former": 1}
    mend_aliases(unlabelled.home)
    succeeded(unlabelled.run_stages([names.CHAMPION]))
    assert champion_of(unlabelled) == 2


def with_rollout(loop: Loop) -> Loop:
    """The loop of a model whose versions are rolled out."""
    declared = dict(loop.changes.get(MODEL, {}))
    return loop.having(changes={**loop.changes, MODEL: {**declared, "serving": {"rollout": {}}}})


def test_with_a_rollout_declared_a_candidate_begins_in_the_shadow(unlabelled: Loop) -> None:
    loop = with_rollout(unlabelled)
    tags = TAGS | {names.TAG_DECISION: "a decision", names.TAG_AS_OF: "2013-01-07"}
    succeeded(loop.run_stages((*UP_TO_EVALUATION, names.CHAMPION), tags=tags))

    assert champion_of(loop) == 1
    [shadow] = [v for v in loop.registry.versions(MODEL) if SHADOW in v.aliases]
    begun = loop.ledger.entries(model=MODEL)[-1]
    assert (begun.kind, begun.verdict) == (EntryKind.ROLLOUT, Move.START)
    assert (begun.model_version, begun.refers_to) == (str(shadow.version), "a decision")
    assert (begun.evidence["former"], begun.as_of) == (1, "2013-01-07")
    assert begun.reason == "version 2 passed the gate; beside champion 1: shadow"


def test_a_candidate_with_other_inputs_is_not_rolled_out_and_waits_for_a_person(
    unlabelled: Loop,
) -> None:
    loop = with_rollout(unlabelled)
    succeeded(loop.run_stages(UP_TO_EVALUATION, tags=TAGS))
    champion = loop.registry.champion(MODEL)
    assert champion is not None
    file = champion.path / SPEC_FILE
    kept = file.read_text()
    spec = json.loads(kept)
    absent, *_ = spec["input_columns"]
    del spec["input_columns"][absent]
    file.write_text(json.dumps(spec))
    try:
        succeeded(loop.run_stages([names.CHAMPION], tags=TAGS))
    finally:
        file.write_text(kept)  # other homes have the same champion

    assert champion_of(loop) == 1
    assert not any(SHADOW in v.aliases for v in loop.registry.versions(MODEL))
    told = loop.ledger.entries(model=MODEL)[-1]
    assert (told.kind, told.verdict) == (EntryKind.OUTCOME, "awaiting_approval")
    assert told.evidence == {"former": 1, "inputs": [absent]}
    assert "ml-platform promote flight_delay 2" in told.reason


def test_a_newer_candidate_takes_the_place_of_one_on_its_way(unlabelled: Loop) -> None:
    loop = with_rollout(unlabelled)
    for _ in range(2):
        succeeded(loop.run_stages((*UP_TO_EVALUATION, names.CHAMPION), tags=TAGS))

    told = [e for e in loop.ledger.entries(model=MODEL) if e.kind is EntryKind.ROLLOUT]
    assert [(e.verdict, e.model_version) for e in told] == [
        (Move.START, "2"),
        (Move.END, "2"),
        (Move.START, "3"),
    ]
    assert told[1].cause == "replaced"
    assert {v.version: SHADOW in v.aliases for v in loop.registry.versions(MODEL)} == {
        1: False,
        2: False,
        3: True,
    }


def test_the_reference_and_the_metrics_of_a_version_are_kept_once(unlabelled: Loop) -> None:
    succeeded(unlabelled.run_stages(UP_TO_EVALUATION, tags=TAGS))
    tables = [
        unlabelled.lake.table(unlabelled.model.table(stage))
        for stage in (names.REFERENCE, names.EVALUATION)
    ]
    before = [sum(table.row_counts().values()) for table in tables]

    succeeded(unlabelled.run_stages([names.REFERENCE, names.EVALUATION]))

    assert [sum(table.row_counts().values()) for table in tables] == before

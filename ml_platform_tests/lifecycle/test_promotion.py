"""Nothing becomes champion unless the gate judged it against the champion there is."""

from __future__ import annotations

from ml_platform.core import names
from ml_platform.core.ledger import EntryKind
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


def test_the_reference_and_the_metrics_of_a_version_are_kept_once(unlabelled: Loop) -> None:
    succeeded(unlabelled.run_stages(UP_TO_EVALUATION, tags=TAGS))
    tables = [
        unlabelled.lake.table(unlabelled.model.table(stage))
        for stage in (names.REFERENCE, names.EVALUATION)
    ]
    before = [sum(table.row_counts().values()) for table in tables]

    succeeded(unlabelled.run_stages([names.REFERENCE, names.EVALUATION]))

    assert [sum(table.row_counts().values()) for table in tables] == before

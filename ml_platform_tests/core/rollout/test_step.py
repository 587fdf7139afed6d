"""A step's line in the ledger."""

from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.step import Cause, Move, Step, recorded
from ml_platform_tests.core.rollout.rollouts import SHADOW, SMALL, after, begun, standing


def line(move: Move, cause: Cause = Cause.STEP_DONE, stage=None, minutes: float = 1) -> LedgerEntry:
    return recorded(Step(move, cause, "so", stage), standing(), decided_at=after(minutes))


def test_only_the_promotion_moves_the_champion() -> None:
    assert line(Move.PROMOTE).kind is EntryKind.PROMOTION
    assert {line(move).kind for move in Move if move is not Move.PROMOTE} == {EntryKind.ROLLOUT}


def test_the_promotion_is_as_one_that_was_made_at_once() -> None:
    promoted = line(Move.PROMOTE)
    assert (promoted.verdict, promoted.model_version) == ("promoted", "2")
    assert promoted.evidence["former"] == 1
    assert promoted.refers_to == begun().entry_id


def test_the_same_step_is_the_same_line_whenever_it_is_written() -> None:
    assert (
        line(Move.ADVANCE, stage=SMALL).entry_id
        == line(Move.ADVANCE, stage=SMALL, minutes=9).entry_id
    )


def test_a_hold_is_one_line_for_each_cause_and_stage() -> None:
    holds = [
        line(Move.HOLD, cause, stage)
        for cause in (Cause.NO_REQUESTS, Cause.NOT_EVALUATED)
        for stage in (SHADOW, SMALL)
    ]
    assert len({each.entry_id for each in holds}) == 4
    assert [each.held_back_by for each in holds[::2]] == ["no_requests", "not_evaluated"]
    assert line(Move.ADVANCE, stage=SMALL).held_back_by is None


def test_a_line_says_the_role_that_the_version_takes() -> None:
    advanced = line(Move.ADVANCE, stage=SMALL)
    assert (advanced.evidence["role"], advanced.evidence["percent"]) == ("canary", 5.0)


def test_a_line_survives_the_ledger() -> None:
    for each in (begun(), line(Move.HOLD, Cause.NO_REQUESTS, SHADOW)):
        assert LedgerEntry.from_row(each.to_row()) == each


def test_a_line_holds_plain_text_which_every_reader_can_keep() -> None:
    for each in (begun(), line(Move.HOLD, Cause.NO_REQUESTS, SHADOW), line(Move.PROMOTE)):
        words = (each.verdict, each.cause, each.held_back_by or "")
        assert {type(word) for word in words} == {str}


def test_a_start_that_is_written_again_is_the_same_line() -> None:
    assert begun(minutes=3).entry_id == begun().entry_id
    assert begun(version=5).entry_id != begun().entry_id

"""The rollout that is under way, read from the ledger."""

import pytest

from ml_platform.core.ledger import NOT_MOVED, EntryKind
from ml_platform.core.rollout.running import running
from ml_platform.core.rollout.step import Move
from ml_platform_tests.core.rollout.rollouts import (
    LARGE,
    SHADOW,
    SMALL,
    after,
    begun,
    champion_line,
    standing,
    stepped,
)


def test_nothing_is_under_way_before_a_rollout_began() -> None:
    assert running([]) is None
    assert running([champion_line(EntryKind.PROMOTION, 1, None, 0)]) is None


def test_it_stands_where_its_last_line_says() -> None:
    first = begun()
    rollout = standing(first)
    assert (rollout.version, rollout.champion, rollout.stage) == (2, 1, SHADOW)
    advanced = stepped(rollout, Move.ADVANCE, 10, SMALL)
    moved = standing(advanced, first)
    assert (moved.stage, moved.since, moved.started_at) == (SMALL, after(10), after(0))
    assert (moved.entry_id, moved.as_of) == (first.entry_id, "2026-02-28")
    further = stepped(moved, Move.ADVANCE, 20, LARGE)
    assert standing(first, advanced, further).stage == LARGE


def test_a_hold_leaves_it_where_it_is() -> None:
    rollout = standing()
    assert standing(begun(), stepped(rollout, Move.HOLD, 5, SHADOW)) == rollout


@pytest.mark.parametrize("move", [m for m in Move if m.ends])
def test_whatever_ends_it_ends_it(move: Move) -> None:
    first = begun()
    assert running([first, stepped(standing(first), move, 10)]) is None


def test_a_promotion_that_was_taken_back_does_not_end_it() -> None:
    first = begun()
    promoted = stepped(standing(first), Move.PROMOTE, 10)
    failed = champion_line(EntryKind.OUTCOME, 2, 1, 11, refers_to=promoted.entry_id)
    object.__setattr__(failed, "verdict", NOT_MOVED)
    assert running([first, promoted, failed]) is not None


def test_a_champion_that_a_person_moved_leaves_it_to_the_policy_to_end_it() -> None:
    assert running([begun(), champion_line(EntryKind.ROLLBACK, 9, 1, 5)]) is not None


def test_lines_of_a_rollout_that_is_over_do_not_touch_the_next() -> None:
    first, second = begun(2), begun(3, minutes=30)
    ended = stepped(standing(first), Move.END, 30.5)
    late = stepped(standing(first), Move.ADVANCE, 31, LARGE)
    lone = stepped(standing(first), Move.ADVANCE, -5, SMALL)
    found = running([lone, first, second, ended, late])
    assert found is not None
    assert (found.version, found.stage) == (3, SHADOW)

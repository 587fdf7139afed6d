"""What was live when."""

from ml_platform.core.ledger import NOT_MOVED, EntryKind, LedgerEntry
from ml_platform.core.rollout.history import live_at, tenures
from ml_platform.core.rollout.step import Move
from ml_platform_tests.core.rollout.rollouts import (
    SHADOW,
    SMALL,
    after,
    begun,
    champion_line,
    standing,
    stepped,
)

FIRST = champion_line(EntryKind.PROMOTION, 1, None, -100)
START = begun()
HELD = stepped(standing(START), Move.HOLD, 5, SHADOW)
CANARY = stepped(standing(START), Move.ADVANCE, 10, SMALL)


def told(past: list[LedgerEntry]) -> list[tuple[object, ...]]:
    return [
        (
            each.version,
            each.role,
            each.percent,
            (each.since - after(0)).seconds // 60 if each.since >= after(0) else "before",
            None if each.until is None else (each.until - after(0)).seconds // 60,
        )
        for each in tenures(past)
    ]


def test_a_promoted_version_was_shadow_then_canary_then_champion() -> None:
    promoted = stepped(standing(START, CANARY), Move.PROMOTE, 30)
    assert told([promoted, CANARY, HELD, START, FIRST]) == [
        (1, "champion", None, "before", 30),
        (2, "shadow", None, 0, 10),
        (2, "canary", 5.0, 10, 30),
        (2, "champion", None, 30, None),
    ]


def test_a_version_that_was_rolled_back_was_never_champion() -> None:
    back = stepped(standing(START, CANARY), Move.ROLL_BACK, 12)
    assert told([FIRST, START, CANARY, back]) == [
        (1, "champion", None, "before", None),
        (2, "shadow", None, 0, 10),
        (2, "canary", 5.0, 10, 12),
    ]
    canary = tenures([FIRST, START, CANARY, back])[-1]
    assert (canary.entry_id, canary.ended_by) == (CANARY.entry_id, back.entry_id)


def test_a_champion_that_a_person_moves_leaves_a_rollout_until_it_ends() -> None:
    moved = champion_line(EntryKind.ROLLBACK, 7, 1, 20, by="Ada", reason="complaints")
    past = [FIRST, START, CANARY, moved]
    assert [(each.version, each.role) for each in live_at(past, after(21))] == [
        (7, "champion"),
        (2, "canary"),
    ]
    assert live_at(past, after(21))[0].by == "Ada"


def test_what_was_live_at_a_moment_is_from_its_line_up_to_the_next() -> None:
    past = [FIRST, START, CANARY]
    assert live_at(past, after(-200)) == []
    assert [each.role for each in live_at(past, after(-1))] == ["champion"]
    assert [each.role for each in live_at(past, after(0))] == ["champion", "shadow"]
    assert [each.role for each in live_at(past, after(10))] == ["champion", "canary"]


def test_a_move_that_was_taken_back_is_not_told() -> None:
    promoted = champion_line(EntryKind.PROMOTION, 3, 1, 40)
    failed = LedgerEntry(
        "failed",
        "flight_delay",
        after(41),
        "",
        EntryKind.OUTCOME,
        NOT_MOVED,
        refers_to=promoted.entry_id,
    )
    assert [each.version for each in tenures([FIRST, promoted, failed])] == [1]


def test_a_line_about_a_version_that_is_not_on_its_way_ends_nothing() -> None:
    second = begun(3, minutes=20)
    late = stepped(standing(START), Move.END, 21)
    assert [(each.version, each.role) for each in live_at([START, second, late], after(22))] == [
        (3, "shadow")
    ]


def test_lines_without_a_version_or_of_old_are_passed_over() -> None:
    bare = LedgerEntry("x", "flight_delay", after(1), "", EntryKind.PROMOTION)
    old = LedgerEntry("y", "flight_delay", after(2), "", EntryKind.ROLLBACK, model_version="4")
    assert [(each.version, each.beside) for each in tenures([bare, old])] == [(4, None)]

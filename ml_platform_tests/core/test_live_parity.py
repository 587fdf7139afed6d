from ml_platform.core.live_parity import live_parity_outcome
from ml_platform.core.parity import Parity
from ml_platform.core.verdict import Verdict


def test_rows_of_all_versions_count_and_equal_bits_pass() -> None:
    found = live_parity_outcome({4: Parity(50, 0), 3: Parity(150, 0)})
    assert found.verdict is Verdict.PASSED
    assert found.sentence == (
        "200 live rows of versions 3, 4 scored again in batch: all bits equal"
    )
    assert found.numbers == {"rows": 200, "different": 0}


def test_one_row_that_differs_fails_with_an_example() -> None:
    told = "row 7: 0.1 in batch, 0.2 online"
    found = live_parity_outcome({3: Parity(150, 0), 4: Parity(50, 1, told)})
    assert found.verdict is Verdict.FAILED
    assert found.sentence.endswith(f"1 differ: {told}")


def test_without_a_row_nothing_is_judged() -> None:
    assert live_parity_outcome({}).verdict is Verdict.NOT_EVALUATED


def test_versions_that_are_gone_keep_none_of_the_others_from_being_judged() -> None:
    found = live_parity_outcome({4: Parity(50, 0)}, gone=[2, 3])
    assert found.verdict is Verdict.PASSED
    assert found.sentence.endswith(
        "all bits equal; not those of 2, 3, which the registry has no more"
    )
    alone = live_parity_outcome({}, gone=[2])
    assert alone.verdict is Verdict.NOT_EVALUATED
    assert alone.sentence == "the registry has no version 2 any more"

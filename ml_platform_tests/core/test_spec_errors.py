from typing import Any

import pytest
from pydantic import ValidationError

from ml_platform.core.spec_errors import Declared, did_you_mean, not_among, where_title


class Inner(Declared):
    off: int = 0


class Outer(Declared):
    inner: Inner = Inner()


def refusal(given: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Outer.model_validate(given)
    return str(refused.value.errors()[0]["msg"])


def test_a_near_key_is_guessed_and_a_far_one_is_not() -> None:
    assert 'did you mean "inner"?' in refusal({"iner": {}})
    assert "did you mean" not in refusal({"zzz": {}})
    assert did_you_mean("zzz", ["inner"]) == ""


def test_the_words_yaml_reads_as_booleans_are_keys_again() -> None:
    assert Outer.model_validate({"inner": {False: 3}}).inner.off == 3
    assert '"on" is not a key here' in refusal({True: 1})


def test_a_piece_that_is_no_mapping_is_told_which_keys_are_wanted() -> None:
    assert "expected the keys off" in refusal({"inner": [1]})


def test_long_values_are_cut_in_messages() -> None:
    assert len(not_among("x" * 500, ["a"], "key")) < 130


def test_a_place_leaves_out_what_is_no_key() -> None:
    assert where_title(("floors", "auc", "[key]")) == "floors.auc"

"""A JSON body is read as it is written, or refused."""

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.json_body import read_object

values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.integers(-(2**63), 2**64 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), values))
def test_what_was_written_is_read(document: dict[str, Any]) -> None:
    assert read_object(json.dumps(document).encode()) == document
    assert read_object(json.dumps(document, ensure_ascii=False).encode()) == document


@given(st.dictionaries(st.text(), values, min_size=1), st.data())
def test_a_key_that_is_there_twice_is_found_wherever_it_is(
    document: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(document)))
    twice = json.dumps(document)[:-1] + f", {json.dumps(name)}: 0}}"
    for body in (twice, f'{{"a": [1, {twice}]}}', f'{{"a": [{twice}, 1], "t": "10:00"}}'):
        with pytest.raises(InvalidRequest, match="more than once") as refused:
            read_object(body.encode())
        assert (refused.value.status, refused.value.field) == (400, name[:100])


def test_a_key_written_with_an_escaped_colon_does_not_hide_another() -> None:
    with pytest.raises(InvalidRequest, match="more than once"):
        read_object(b'{"a": 1, "a": 2, "b": "\\u003a"}')


def test_nan_is_null() -> None:
    assert read_object(b'{"a": [NaN, -1.5]}') == {"a": [None, -1.5]}


@pytest.mark.parametrize("number", [b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"9" * 5000])
def test_an_infinite_number_is_left_to_the_contract(number: bytes) -> None:
    (value,) = read_object(b'{"a": %s}' % number).values()
    assert math.isinf(value)


def test_a_long_whole_number_is_read_where_float64_holds_it() -> None:
    assert read_object(b'{"a": %s, "b": NaN}' % (b"9" * 300))["a"] == 10**300 - 1


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b'{"a":1', b'{"a":1,}', b"{'a':1}", b'{"a":01}', b'{"a":+1}', b"nul"),
        *(b"\xef\xbb\xbf{}", b'{"a":"\xff"}', b'{"a":"\\ud800"}', b'{"a":"\\ud800", "b":NaN}'),
        *(b"[1]", b"1", b'"a"', b"null", b"{}{}", b"\x00", b"NaN", b'{"a":"\x01"}', b'{"a":nan}'),
        *(b'{"NaN":\xff}', b'{"a":' + b"[" * 5000, b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"),
        b'{"a":' + b"[" * 2000 + b"NaN" + b"]" * 2000 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_object(body)
    assert (refused.value.status, refused.value.field) == (400, None)


@given(st.binary(max_size=200))
def test_no_bytes_whatever_make_it_fail_otherwise(body: bytes) -> None:
    with suppress(InvalidRequest):
        assert type(read_object(body)) is dict

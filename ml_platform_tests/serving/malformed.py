"""Requests that no client should send, drawn from a seed: each a name and the bytes of it."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ml_platform_tests.serving.raw_http import post
from ml_platform_tests.serving.toy_endpoint import MODEL, invocation, rows

JSON = "content-type: application/json"
INVOCATIONS = "/invocations"
INFER = f"/v2/models/{MODEL}/infer"

ENDLESS = {"too_long_length", "cut_off", "bad_chunks", "noise", "request_line"}
"""Kinds whose request may not come to an end, so that the client has to say that it is there."""

_PIECES = [
    *(b"NaN", b"Infinity", b"-", b"1e999", b"\\u0000", b"\\ud800", b"\xff", b"\x00", b'"', b"{"),
    *(b"}", b"[", b"]", b",", b":", b"null", b"true", b"9" * 400, b"\xef\xbb\xbf", b"\r\n", b"\\"),
]
_VALUES: list[Any] = [
    *(None, True, False, 0, -1, 2**53 + 1, 2**63, 2**64, 10**30, 1e308, -1e-320, "", "x", "1", []),
    *({}, [[]], {"a": 1}, "\x00", "\u202e", "x" * 5000, "2013-02-30", "9999-12-31T23:59:59-23:59"),
    *("NaN", [1] * 50, {"": ""}, "0001-01-01T00:00:00+23:59", 5e-324, -0.0, "\U0001f600" * 9),
]


@dataclass(frozen=True)
class Malformed:
    """One request.

    Attributes:
        kind: which way it is malformed.
        sent: its bytes.
        half_close: whether the client then says that no more will come.
    """

    kind: str
    sent: bytes
    half_close: bool = False


def malformed_requests(count: int, seed: int) -> Iterator[Malformed]:
    """Draw requests, all kinds equally often."""
    draw = random.Random(seed)
    kinds = list(_KINDS.items())
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        sent = make(draw)
        yield Malformed(kind, sent, half_close=kind in ENDLESS)


def _tensors() -> dict[str, Any]:
    types = {"distance": "FP64", "sched_dep_time": "INT64", "carrier": "BYTES", "at": "BYTES"}
    return {
        "inputs": [
            {"name": name, "shape": [2], "datatype": types[name], "data": values}
            for name, values in rows(2).items()
        ]
    }


_BODIES = {
    INVOCATIONS: json.dumps(invocation(rows(2))).encode(),
    INFER: json.dumps(_tensors()).encode(),
}
_CSV = b"distance,sched_dep_time,carrier,at\n1.5,900,AA,2013-01-07\n,,,\n"


def _body(draw: random.Random) -> tuple[str, bytes]:
    return draw.choice(list(_BODIES.items()))


def _mutated_bytes(draw: random.Random, body: bytes) -> bytes:
    made = bytearray(body)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(made) + 1)
        match draw.randrange(4):
            case 0:
                made[at:at] = draw.choice(_PIECES)
            case 1:
                del made[at : at + draw.randint(1, 9)]
            case 2:
                made[at : at + 1] = bytes([draw.randrange(256)])
            case _:
                made[at : at + 5] = draw.choice(_PIECES)
    return bytes(made)


def _mutated(draw: random.Random) -> bytes:
    path, body = _body(draw)
    return post(path, _mutated_bytes(draw, body), JSON)


def _truncated(draw: random.Random) -> bytes:
    path, body = _body(draw)
    return post(path, body[: draw.randrange(len(body))], JSON)


def _wrong_values(draw: random.Random) -> bytes:
    path, body = _body(draw)
    document = json.loads(body)
    for _ in range(draw.randint(1, 3)):
        _put_somewhere(draw, document, deepcopy(draw.choice(_VALUES)))
    return post(path, json.dumps(document).encode(), JSON)


def _put_somewhere(draw: random.Random, document: Any, value: Any) -> None:
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = draw.choice(keys)
        if isinstance(place[key], dict | list) and draw.random() < 0.8:
            place = place[key]
            continue
        if isinstance(place, dict) and draw.random() < 0.3:
            place[str(value)[:20]] = place.pop(key)
        else:
            place[key] = value
        return


def _random_bytes(draw: random.Random) -> bytes:
    path, _ = _body(draw)
    kind = draw.choice([JSON, "content-type: text/csv"])
    return post(path, draw.randbytes(draw.randrange(2000)), kind)


def _deep(draw: random.Random) -> bytes:
    path, _ = _body(draw)
    depth = draw.choice([50, 500, 990, 1100, 50_000])
    opening, closing = draw.choice([(b"[", b"]"), (b'{"a":', b"}"), (b'{"a":[', b"]}")])
    inner = draw.choice([b"1", b"NaN", b'"a:b"', b""])
    body = opening * depth + inner + closing * draw.choice([depth, depth - 1, 0])
    key = draw.choice([b"inputs", b"dataframe_split", b"instances"])
    return post(path, b'{"%s": %s}' % (key, body), JSON)


def _duplicate_keys(draw: random.Random) -> bytes:
    path, body = _body(draw)
    key = draw.choice([key for key in (b"inputs", b"name", b"columns", b"data") if key in body])
    return post(path, body.replace(b'"%s":' % key, b'"%s": 1, "%s":' % (key, key)), JSON)


def _encoded(draw: random.Random) -> bytes:
    path, body = _body(draw)
    text = body.decode()
    name = draw.choice(["utf-16", "utf-32", "utf-8-sig", "utf-7", "cp500"])
    kind = draw.choice([JSON, f"{JSON}; charset={name}"])
    return post(path, text.encode(name), kind)


def _content_headers(draw: random.Random) -> bytes:
    path, body = _body(draw)
    packed = draw.choice([body, gzip.compress(body), gzip.compress(bytes(100_000))])
    headers = [
        *("content-encoding: gzip", "content-encoding: br, gzip", "content-type: text/html"),
        *("content-type: \xff\xfe", "content-type: ;;;", "content-type: " + "x" * 9000),
        *("content-type: application/json; boundary=x", "content-type: application/json;;="),
        *("x-request-id: " + "y" * 999, "transfer-encoding: identity", "expect: 100-continue"),
        *("inference-header-content-length: 7", "accept-encoding: zzz", "upgrade: h2c"),
    ]
    return post(path, packed, *draw.sample(headers, draw.randint(0, 3)))


def _too_short_length(draw: random.Random) -> bytes:
    path, body = _body(draw)
    return post(path, body, JSON, f"content-length: {draw.randrange(len(body))}")


def _too_long_length(draw: random.Random) -> bytes:
    path, body = _body(draw)
    length = draw.choice([len(body) + 1, len(body) + 500, 16 * 2**20, 2**24 + 1, 2**31, 2**62])
    return post(path, body, JSON, f"content-length: {length}")


def _odd_length(draw: random.Random) -> bytes:
    path, body = _body(draw)
    length = draw.choice(["-1", "1e3", "", "abc", "0x10", "9" * 30, "5, 6", "+7"])
    return post(path, body, JSON, f"content-length: {length}")


def _cut_off(draw: random.Random) -> bytes:
    path, body = _body(draw)
    request = post(path, body, JSON)
    return request[: draw.randrange(1, len(request))]


def _chunks(draw: random.Random) -> bytes:
    path, body = _body(draw)
    size = draw.choice([b"%x" % len(body), b"zz", b"-5", b"", b"fffffffffffffffff", b"1"])
    chunked = size + b"\r\n" + body + b"\r\n" + draw.choice([b"0\r\n\r\n", b"", b"0\r\n"])
    return post(path, chunked, JSON, "transfer-encoding: chunked")


def _pipelined(draw: random.Random) -> bytes:
    parts = [draw.choice([_mutated, _truncated, _wrong_values, _path])(draw) for _ in range(4)]
    kept = [part.replace(b"connection: close\r\n", b"", 1) for part in parts[:-1]]
    return b"".join([*kept, parts[-1]])


def _path(draw: random.Random) -> bytes:
    path = draw.choice(
        [
            *("/", "//", "/v2/models/", f"/v2/models/{MODEL}%2finfer", "/v2/models/%00/infer"),
            *("/v2/models/x/infer", "/models/\xe9/invocations", "/%ff%fe", "/invocations/", "*"),
            *(f"/v2/models/{MODEL}/versions/99/infer", "/..;/invocations", "/invocations?x=%zz"),
            *(f"/v2/models/{MODEL}/versions/{'9' * 500}/ready", "/" + "a/" * 3000, "/v2/health"),
        ]
    )
    method = draw.choice(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"])
    return post(path, b"{}", JSON).replace(b"POST", method.encode(), 1)


def _request_line(draw: random.Random) -> bytes:
    request = post(INVOCATIONS, b"{}", JSON)
    head = request[: request.index(b"\r\n\r\n") + 4]
    return _mutated_bytes(draw, head) + b"\r\n\r\n"


def _noise(draw: random.Random) -> bytes:
    return draw.randbytes(draw.randrange(1, 300)) + b"\r\n\r\n"


def _binary(draw: random.Random) -> bytes:
    document = _tensors()
    raw = b""
    for tensor in document["inputs"]:
        size = draw.choice([0, 8, 16, draw.randrange(40)])
        tensor["parameters"] = {"binary_data_size": draw.choice([size, size, 2**40, -1, "8", None])}
        del tensor["data"]
        raw += draw.randbytes(size)
    body = _mutated_bytes(draw, json.dumps(document).encode()) if draw.random() < 0.3 else b""
    body = body or json.dumps(document).encode()
    length = draw.choice([len(body), len(body), len(body) - 1, 0, -1, 10**15])
    return post(INFER, body + raw, f"inference-header-content-length: {length}")


def _csv(draw: random.Random) -> bytes:
    return post(INVOCATIONS, _mutated_bytes(draw, _CSV), "content-type: text/csv")


_KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "mutated": _mutated,
    "truncated": _truncated,
    "wrong_values": _wrong_values,
    "random_bytes": _random_bytes,
    "deep": _deep,
    "duplicate_keys": _duplicate_keys,
    "encoded": _encoded,
    "content_headers": _content_headers,
    "too_short_length": _too_short_length,
    "too_long_length": _too_long_length,
    "odd_length": _odd_length,
    "cut_off": _cut_off,
    "bad_chunks": _chunks,
    "pipelined": _pipelined,
    "path": _path,
    "request_line": _request_line,
    "noise": _noise,
    "csv": _csv,
    "binary": _binary,
}

"""What a run failed of, in words that are the same whenever it fails of the same.

Two failures are alike where the same step broke with the same error, whatever partition, file,
number or identifier its message names.
"""

from __future__ import annotations

import re

_LONGEST = 300
_LINES = 2
_VARYING = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}([-T ]\d{2}[:.]?\d{2}([:.]\d{2})?)?"), "<partition>"),
    (re.compile(r"(?<![\w>])(?:\w+:)?/[^\s'\",;:)]+"), "<path>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\b0x[0-9a-f]+\b"), "<id>"),
    (re.compile(r"[-+]?\d[\d.,_]*"), "<n>"),
)
# Of what stands for numbers in a row there may be one or many.
_LIST = re.compile(r"(<\w+>)(?:[,;\s]+\1)+")


def failure_cause(step: str, error: str, message: str) -> str:
    """The cause of a failure, to be compared with that of another and to be read.

    Args:
        step: the step that broke.
        error: the class of its error.
        message: the error's own words; the first two lines that say something count.

    >>> failure_cause("raw", "OSError", "no file /data/a/2013-01-02.csv (3 tries)")
    'raw: OSError: no file <path> (<n> tries)'
    """
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    # The class may stand before the message, with all of its modules.
    text = re.sub(rf"^[\w.]*\b{re.escape(error)}: ", "", " ".join(lines[:_LINES]))
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    said = _LIST.sub(r"\1", text)
    return ": ".join(part for part in (step, error, said[:_LONGEST]) if part)

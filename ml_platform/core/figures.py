"""Numbers as people read them in a sentence."""

from __future__ import annotations


def short(value: float, digits: int = 2) -> str:
    """Round a small number and leave out the zero before the point.

    >>> short(0.414), short(0.2), short(-0.05), short(1.25), short(0.0), short(0.1745, 4)
    ('.41', '.2', '-.05', '1.25', '0', '.1745')
    """
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    if text in ("", "-", "-0"):
        return "0"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text

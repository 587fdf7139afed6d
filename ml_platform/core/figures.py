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


def apart(found: float, kept: float, digits: int = 3) -> str:
    """Say how far one number lies from another and on which side: no word that judges it.

    >>> apart(0.503, 0.28), apart(0.2, 0.21), apart(0.2, 0.2)
    ('.223 above', '.01 below', 'equal to')
    """
    distance = short(abs(found - kept), digits)
    if distance == "0":
        return "equal to"
    return f"{distance} {'above' if found > kept else 'below'}"


def counted(number: int, noun: str) -> str:
    """Write a number before what it counts, whose plural ends in "s".

    >>> counted(1, "row"), counted(0, "row"), counted(1200, "labelled row")
    ('1 row', '0 rows', '1,200 labelled rows')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float) -> str:
    """Write a declared share (0 to 1) as it was meant: no digit is rounded away or added.

    >>> percent(0.3), percent(0.125), percent(0.0)
    ('30%', '12.5%', '0%')
    """
    return f"{100 * share:g}%"

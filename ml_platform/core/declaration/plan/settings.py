"""What a change of a declaration's settings will do: from when on each of them holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ml_platform.core.declaration.plan.consequence import Consequence
from ml_platform.core.declaration.plan.standing import Champion
from ml_platform.core.model_spec import ModelSpec

_HOLDS: Mapping[str, str] = {
    "label": "labels that land from now on are made by it, and those on record stay as they are",
    "sources.labels": "labels that land from now on are taken from it; those on record stay",
    "sources.lookups": "features.py is given them from the next day on; {version} keeps its own",
    "estimator": "the next training takes it; {version} stays as it was fitted",
    "training": "the next training takes it",
    "decision": "the next version takes it, and {version} keeps the threshold it was judged with",
    "promotion": "the next candidate is judged by it; {version} stays champion",
    "monitoring.segments": "they are counted from the next training on",
    "monitoring": "the next partition is judged by it; what was judged stays as it is",
    "retraining": "the policy goes by it from its next look on",
    "serving": "the endpoint goes by it once it is started again, the rest with the next version",
    "alerts": "the next alert goes by it",
}
"""The longest beginning of a key that is named here says from when on it holds."""


def of_settings(subject: str, spec: ModelSpec, champion: Champion) -> Iterator[Consequence]:
    """One consequence per key that differs from what the live version was trained by."""
    former, new = flat(champion.spec.resolved()), flat(spec.resolved())
    for key in sorted(former.keys() | new.keys()):
        was, now = former.get(key), new.get(key)
        holds = [each for each in _HOLDS if key == each or key.startswith(f"{each}.")]
        if was != now and holds:
            from_when = _HOLDS[max(holds, key=len)].format(version=f"version {champion.version}")
            yield Consequence(subject, f"{key}: {_said(was)} becomes {_said(now)}: {from_when}.")


def flat(document: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """The values of a document by dotted key.

    >>> flat({"a": {"b": 1}, "c": [2]})
    {'a.b': 1, 'c': [2]}
    """
    found: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{above}{key}.")
        else:
            found[f"{above}{key}"] = value
    return found


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)

"""XGBoost without its optional companions.

Where scikit-learn is installed, XGBoost imports it for wrapper classes that nothing here uses, with
it SciPy's statistics, pandas and Arrow: 1.2 s of a worker's start and 130 MB of its memory.
XGBoost does without it where it cannot be imported: it leaves those classes out.
"""

from __future__ import annotations

import sys

_COMPANION = "sklearn"


def import_xgboost() -> None:
    """Import XGBoost as if scikit-learn were not installed; afterwards that can be imported again.

    Where either is imported already, nothing is changed.
    """
    if "xgboost" in sys.modules or _COMPANION in sys.modules:
        return
    sys.modules[_COMPANION] = None  # type: ignore[assignment]  # which makes its import fail
    try:
        import xgboost  # noqa: F401
    finally:
        del sys.modules[_COMPANION]

"""Whether requests to the champion hold what a new version needs: else no rollout can compare them.

A rollout has the new version score what clients send to the champion, so it may need no column, and
no other type of one, than the champion does. The endpoint holds to the same rule.
"""

import json
from collections.abc import Mapping

from ml_platform.core.errors import StoreError
from ml_platform.estimators.artifact import SPEC_FILE
from ml_platform.stores.registered_version import RegisteredVersion


def inputs_beyond(champion: RegisteredVersion, challenger: RegisteredVersion) -> list[str]:
    """The input columns that the champion does not have, or has with another type.

    Raises:
        StoreError: an artifact does not say what it needs.
    """
    known = _inputs(champion)
    return [name for name, dtype in _inputs(challenger).items() if known.get(name) != dtype]


def _inputs(version: RegisteredVersion) -> Mapping[str, str]:
    file = version.path / SPEC_FILE
    try:
        return dict(json.loads(file.read_text())["input_columns"])
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"{file} does not say which inputs the model needs: {error!r}") from error

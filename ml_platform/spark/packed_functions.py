"""Python functions of a version's own code, sent to Spark's workers with what they are made of."""

from __future__ import annotations

import sys
from types import ModuleType

from pyspark import cloudpickle


def ship_with_functions(module: ModuleType) -> None:
    """Let functions of a packed module, and of those packed with it, run in Spark's workers.

    A worker cannot import such a module by name, as that name is this process's own; so its
    functions are sent with their code and what they refer to.
    """
    root = module.__name__.partition(".")[0]
    for name, loaded in list(sys.modules.items()):
        if name.partition(".")[0] == root and getattr(loaded, "__file__", None):
            cloudpickle.register_pickle_by_value(loaded)

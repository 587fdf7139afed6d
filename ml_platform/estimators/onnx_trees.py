"""A booster's trees as an ONNX model that gives the same bits.

A row goes left where its value is below the threshold, both float32, or where it has none and the
tree says so: BRANCH_LT and `nodes_missing_value_tracks_true` of TreeEnsembleRegressor mean the
same. XGBoost adds the leaves to the base score, tree by tree, in float32; the operator adds its
own base value last, so here the base score is in the leaves of the first tree.
https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ml_platform.core.errors import ConfigError

if TYPE_CHECKING:
    from xgboost import Booster

LOGISTIC = ("binary:logistic", "reg:logistic")
"""Objectives whose score is the logistic function of the sum of leaves."""

PLAIN = ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror")
"""Objectives whose score is the sum of leaves."""

MARGIN, SCORE = "margin", "score"
"""The output's name says whether the logistic function is still to be applied."""

INSTALL = "pip install 'ml_platform[onnx]'"

_Tree = Mapping[str, Any]
# Of the versions that brought what is used here: runtimes read what is not newer than they are.
_OPSETS = (("ai.onnx.ml", 3), ("", 15))
_FORMAT = 8


def require_onnx() -> None:
    """Fail before the training where what writes its trees is not installed.

    Raises:
        ConfigError: the package `onnx` is not there.
    """
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            f"serving.engine: onnx needs the package onnx, which is not installed: {INSTALL}"
        ) from error


def onnx_model(booster: Booster) -> bytes:
    """Write the trees as an ONNX model: x [rows, features] float32 -> margin or score [rows, 1].

    All trees take part, as in batch scoring, whatever the best iteration was.

    Raises:
        ConfigError: the package `onnx` is not installed, or the booster is not made of numeric
            splits with a single output of an objective in `LOGISTIC` or `PLAIN`.
    """
    require_onnx()
    from onnx import TensorProto, checker, helper

    learner = json.loads(booster.save_raw("json"))["learner"]
    _require_known(learner)
    output = MARGIN if learner["objective"]["name"] in LOGISTIC else SCORE
    made = _attributes(learner["gradient_booster"]["model"]["trees"], _base_margin(learner))
    node = helper.make_node(
        "TreeEnsembleRegressor", ["x"], [output], domain="ai.onnx.ml", n_targets=1, **made
    )
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, booster.num_features()])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, 1])],
    )
    opsets = [helper.make_opsetid(*each) for each in _OPSETS]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_FORMAT)
    checker.check_model(model)
    return bytes(model.SerializeToString())


def _require_known(learner: Mapping[str, Any]) -> None:
    objective, kind = learner["objective"]["name"], learner["gradient_booster"]["name"]
    known = LOGISTIC + PLAIN
    if objective not in known:
        raise ConfigError(
            f"serving.engine: onnx does not know the objective {objective}; "
            f"it knows {', '.join(known)}. Write engine: xgboost"
        )
    trees = learner["gradient_booster"]["model"].get("trees") if kind == "gbtree" else None
    if not trees or any(any(tree["split_type"]) for tree in trees):
        raise ConfigError(
            "serving.engine: onnx knows boosters of at least one tree, with numeric splits "
            f"(gbtree) only; this one is {kind}. Write engine: xgboost"
        )


def _base_margin(learner: Mapping[str, Any]) -> np.float32:
    """What the sum of leaves begins with, by XGBoost itself: a booster without a tree says it."""
    import xgboost as xgb

    said = learner["learner_model_param"]["base_score"].strip("[]")
    params = {"objective": learner["objective"]["name"], "base_score": said, "nthread": 1}
    row = xgb.DMatrix(np.zeros((1, 1), np.float32), label=[0.0], nthread=1)
    bare = xgb.train(params, row, num_boost_round=0)
    return np.float32(bare.predict(row, output_margin=True)[0])


def _attributes(trees: list[_Tree], base: np.float32) -> dict[str, list[Any]]:
    """The node lists of the operator."""
    made: dict[str, list[Any]] = defaultdict(list)
    for place, tree in enumerate(trees):
        values = np.asarray(tree["split_conditions"], dtype=np.float32)
        leaves = values + base if place == 0 else values
        for node in _reachable(tree):
            _append(made, tree, place, node, values, leaves)
    return dict(made)


def _append(
    made: dict[str, list[Any]], tree: _Tree, place: int, node: int, values: Any, leaves: Any
) -> None:
    left, right = tree["left_children"][node], tree["right_children"][node]
    is_leaf = left < 0
    made["nodes_treeids"].append(place)
    made["nodes_nodeids"].append(node)
    made["nodes_modes"].append("LEAF" if is_leaf else "BRANCH_LT")
    made["nodes_featureids"].append(0 if is_leaf else tree["split_indices"][node])
    made["nodes_values"].append(0.0 if is_leaf else float(values[node]))
    made["nodes_truenodeids"].append(0 if is_leaf else left)
    made["nodes_falsenodeids"].append(0 if is_leaf else right)
    to_the_left = not is_leaf and tree["default_left"][node]
    made["nodes_missing_value_tracks_true"].append(int(to_the_left))
    if is_leaf:
        made["target_treeids"].append(place)
        made["target_nodeids"].append(node)
        made["target_ids"].append(0)
        made["target_weights"].append(float(leaves[node]))


def _reachable(tree: _Tree) -> list[int]:
    """The nodes below the root; what pruning cut off stays in XGBoost's lists."""
    found, open_ends = [], [0]
    while open_ends:
        node = open_ends.pop()
        found.append(node)
        if tree["left_children"][node] >= 0:
            open_ends += (tree["right_children"][node], tree["left_children"][node])
    return found

"""How good a model probably is while the labels are not in yet.

Nothing here sees labels of the days it speaks of, so a change of what the label depends on
(concept drift) cannot show in an estimate; see `core.concept_drift`.
"""

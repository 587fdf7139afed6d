"""Assets whose checks may be left out by a run that cannot evaluate them.

Dagster shows a check that a run planned and did not report as skipped, in grey, and lets what
follows a blocking one go on; one that is reported with anything but "passed" is red. It takes each
check of an `@asset` for one that has to be reported, and leaves them open only for assets of which
any part can be run without the rest, which ours are not: a check is judged on what was just
written. So the one thing that differs is set here, by an inner interface of Dagster.
"""

from __future__ import annotations

from dagster import AssetsDefinition, OpDefinition, Out


def optional_checks(definition: AssetsDefinition) -> AssetsDefinition:
    """The same asset, none of whose checks has to be reported.

    Args:
        definition: of one asset or several, made by one step.
    """
    attributes = definition.get_attributes_dict()
    # Left to Dagster, which takes it from the step; to name it is not settled yet.
    del attributes["execution_type"]
    checks = definition.node_check_specs_by_output_name
    return AssetsDefinition(**{**attributes, "node_def": _optional(definition.op, set(checks))})


def _optional(step: OpDefinition, outputs: set[str]) -> OpDefinition:
    """The same step, some of whose outputs may be missing."""
    outs = {output.name: Out.from_definition(output) for output in step.output_defs}
    for name in outputs:
        outs[name] = outs[name]._replace(is_required=False)
    return step.with_replaced_properties(name=step.name, outs=outs)

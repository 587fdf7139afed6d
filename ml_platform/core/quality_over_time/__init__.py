"""Whether a partition is like those before it: limits are learnt from the table's own past."""

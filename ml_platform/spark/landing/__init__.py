"""Landed files read within bounds: lines, CSV records, JSON objects, Parquet values, as text."""

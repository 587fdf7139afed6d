"""Hourly weather observed at the three New York airports."""

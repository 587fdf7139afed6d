"""Drift detectors of other libraries, each a pure function of a stretch of days."""

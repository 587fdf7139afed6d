"""Estimators: fitting a model, keeping it as data on disk, and scoring with it."""

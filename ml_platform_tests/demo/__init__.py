"""Tests of ml_platform.demo."""

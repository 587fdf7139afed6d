"""Flights out of New York as scheduled: what is known before departure."""

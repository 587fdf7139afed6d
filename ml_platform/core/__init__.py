"""Decisions and statistics, pure: values in, values out; nothing here reads or writes."""

"""The whole of `up` on a moving clock, through months, kills and late files."""

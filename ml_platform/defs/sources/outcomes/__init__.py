"""What became of each flight; lands one day after the flight."""

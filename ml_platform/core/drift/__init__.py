"""How far columns have moved from the reference, judged from profiles alone."""

"""What a declaration and the code beside it must have in common, checked before anything runs."""

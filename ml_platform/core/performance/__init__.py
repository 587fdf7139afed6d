"""How good a binary classifier is on labelled rows, and how sure one may be of it."""

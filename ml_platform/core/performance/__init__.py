"""How good a model is on labelled rows, and how sure one may be of it."""

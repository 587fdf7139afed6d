"""Whether the label depends on the features otherwise than it did; only labels can tell."""

"""What the endpoint promises and how it keeps it: latency, availability, error budget."""

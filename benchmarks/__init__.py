"""What is claimed about speed, measured: ``python -m benchmarks`` or one benchmark alone."""

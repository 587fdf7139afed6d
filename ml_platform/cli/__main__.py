"""``python -m ml_platform.cli``."""

from ml_platform.cli.main import main

main()

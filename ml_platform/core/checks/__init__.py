"""The one catalogue of asset checks: what each demands, how grave it is, and who hears of it."""

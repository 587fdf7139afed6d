"""The local processes that keep the platform warm: Spark, runs, Dagster's own and their supervisor."""

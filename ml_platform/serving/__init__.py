"""The online endpoint: one process per worker, without Spark, Dagster, MLflow or pickles."""

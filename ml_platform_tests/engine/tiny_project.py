"""Definitions small enough to start fast; the tests copy this file into a project of its own."""

import os
import time

import dagster as dg

EDITION = "first edition"


@dg.op
def say_edition(context):
    context.log.info(EDITION)


@dg.op
def wait_for_ever():
    time.sleep(600)


@dg.op
def count_over_spark(context):
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()
    frame = spark.range(10).mapInArrow(lambda batches: batches, "id long")
    context.log.info(f"counted {frame.count()}")
    spark.stop()


@dg.job(executor_def=dg.in_process_executor)
def edition():
    say_edition()


@dg.job(executor_def=dg.in_process_executor)
def endless():
    wait_for_ever()


@dg.job(executor_def=dg.in_process_executor)
def over_spark():
    count_over_spark()


defs = dg.Definitions(jobs=[edition, endless, over_spark])

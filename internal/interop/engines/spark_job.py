"""The job for Spark in docs/sql, on this machine."""

import os
import runpy

from pyspark.sql import SparkSession
from serve import serve

job = runpy.run_path(os.environ["PROGRAM"])
s3a = {
    "endpoint": os.environ["S3_ENDPOINT"],
    "endpoint.region": os.environ["S3_REGION"],
    "access.key": os.environ["S3_ACCESS_KEY_ID"],
    "secret.key": os.environ["S3_SECRET_ACCESS_KEY"],
    "path.style.access": "true",
    "connection.ssl.enabled": "false",
}
builder = SparkSession.builder.master("local[2]")
builder.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
builder.config("spark.jars", ",".join(entry.path for entry in os.scandir(os.environ["JARS"])))
for name, value in s3a.items():
    builder.config(f"spark.hadoop.fs.s3a.{name}", value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")
serve(lambda request: job[request["function"]](spark, request["address"], request["first"], request["last"]).collect())

#!/usr/bin/env python3
"""Usage of a period, by tenant, meter and unit, to the last digit: a job for Spark 4.

    spark-submit spark.py --bucket s3a://bucket/prefix --first 2025-08-01 --last 2025-08-31 --output s3a://reports/2025-08
    spark-submit spark.py --bucket s3a://bucket/prefix --first 2025-08-01 --last 2025-08-31 --closed

--first and --last are UTC days. --closed reads closed periods, and the job then takes seconds instead of hours. Without --output
the totals are printed, a JSON object a line. README.md beside this file says what Spark cannot do.
"""

import argparse
import json
from datetime import datetime, timezone

from pyspark.sql import DataFrame, SparkSession

# One row a stored page. `file_path` is a URL, so names are escaped in it. A variant keeps every integer exactly. Without FAILFAST a
# file that is no JSON would count as empty.
PAGES = r"""
WITH files AS (
  SELECT url_decode(replace(file_path, '+', '%2B')) AS path, value FROM {files}
)
SELECT
  regexp_extract(path, r'metering/ru/(\d+)/', 1) AS minute,
  regexp_extract(path, r'metering/ru/\d+/([^/]+)/', 1) AS category,
  regexp_extract(path, r'metering/ru/\d+/[^/]+/([^/]+)/[^/]+$', 1) AS shared_pool_id,
  regexp_extract(path, r'([^/]+)-\d+\.json\.gz$', 1) AS self_id,
  CAST(regexp_extract(path, r'-(\d+)\.json\.gz$', 1) AS int) AS part,
  from_json(value, 'parts int, data array<map<string, variant>>', map('mode', 'FAILFAST')) AS page
FROM files
"""

# Complete records only. Part 0 says how many pages its record has (`parts`), and pages beyond these do not count. The Go SDK does
# not say it: its records have the pages that are there.
ELEMENTS = """
WITH
  known AS (
    SELECT *, coalesce(max(page.parts) OVER record, max(part) OVER record + 1) AS record_pages
    FROM {pages}
    WINDOW record AS (PARTITION BY minute, category, shared_pool_id, self_id)
  ),
  marked AS (
    SELECT page.data, record_pages, min(part) OVER record AS first_part, count(*) OVER record AS present_pages
    FROM known
    WHERE part < record_pages
    WINDOW record AS (PARTITION BY minute, category, shared_pool_id, self_id)
  )
SELECT explode(data) AS element
FROM marked
WHERE first_part = 0 AND present_pages = record_pages
"""

# Amounts are integers from 0 to 2^64−1, and texts are no amounts, whatever is in them: a variant knows the types of JSON.
TOTALS_OF_FILES = r"""
WITH
  properties AS (
    SELECT variant_get(element['logical_cluster_id'], '$', 'string') AS tenant, explode(element) AS (meter, property)
    FROM {elements}
  ),
  amounts AS (
    SELECT tenant, meter, try_variant_get(property, '$.value', 'decimal(38, 0)') AS value, variant_get(property, '$.unit', 'string') AS unit
    FROM properties
    WHERE schema_of_variant(variant_get(property, '$.value', 'variant')) RLIKE r'^(BIGINT|DECIMAL\((19|20),0\))$'
      AND schema_of_variant(variant_get(property, '$.unit', 'variant')) = 'STRING'
  )
SELECT tenant, meter, unit, sum(value) AS total
FROM amounts
WHERE value BETWEEN 0 AND 18446744073709551615
GROUP BY ALL
"""

# Spark reads UINT64 of Parquet as a decimal(20, 0), exactly. Rows of closings without a manifest do not count.
TOTALS_OF_CLOSED = """
SELECT
  get_json_object(attributes, '$.logical_cluster_id') AS tenant,
  meter,
  unit,
  sum(CAST(value AS decimal(38, 0)) * sign) AS total
FROM {usage}
WHERE closing IN (SELECT get_json_object(value, '$.closing') FROM {manifests})
GROUP BY ALL
"""


def totals_of_files(spark: SparkSession, bucket: str, first: str, last: str, files_per_task: int = 2_000) -> DataFrame:
    """Reads the files of the records. `first` and `last` are UTC days."""
    # Spark counts every file as 4 MiB at least, and would make a task of 32 files.
    target = 128 * 1024 * 1024
    spark.conf.set("spark.sql.files.maxPartitionBytes", target)
    spark.conf.set("spark.sql.files.openCostInBytes", target // files_per_task)
    minutes = ",".join(patterns(seconds(first), seconds(last) + 86_400))
    files = (
        spark.read.option("recursiveFileLookup", True)
        .text(f"{bucket}/metering/ru/{{{minutes}}}", wholetext=True)
        .select("_metadata.file_path", "value")
    )
    pages = spark.sql(PAGES, files=files)
    elements = spark.sql(ELEMENTS, pages=pages)
    return spark.sql(TOTALS_OF_FILES, elements=elements)


def totals_of_closed(spark: SparkSession, bucket: str, first: str, last: str) -> DataFrame:
    """Reads closed periods. `first` and `last` are UTC days."""
    days = f"day BETWEEN '{first}' AND '{last}'"
    usage = spark.read.parquet(f"{bucket}/metering/closed/usage").where(days)
    manifests = spark.read.text(f"{bucket}/metering/closed/manifests", wholetext=True).where(days)
    return spark.sql(TOTALS_OF_CLOSED, usage=usage, manifests=manifests)


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp())


def patterns(start: int, end: int):
    """Patterns that match exactly the minutes from `start` up to before `end`: as few as there are blocks of powers of ten."""
    while start < end:
        size, digits = 1, 0
        while start % (size * 10) == 0 and start + size * 10 <= end:
            size, digits = size * 10, digits + 1
        yield str(start // size) + "?" * digits
        start += size


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bucket", required=True, help="such as s3a://bucket/prefix")
    parser.add_argument("--first", required=True, help="first UTC day, such as 2025-08-01")
    parser.add_argument("--last", required=True, help="last UTC day")
    parser.add_argument("--closed", action="store_true", help="read closed periods, not the files of the records")
    parser.add_argument("--files-per-task", type=int, default=2_000, help="of the files of the records")
    parser.add_argument("--output", help="where to store the totals as Parquet")
    args = parser.parse_args()
    spark = SparkSession.builder.appName(f"metering {args.first} to {args.last}").getOrCreate()
    if args.closed:
        totals = totals_of_closed(spark, args.bucket, args.first, args.last)
    else:
        totals = totals_of_files(spark, args.bucket, args.first, args.last, args.files_per_task)
    if args.output:
        totals.coalesce(1).write.parquet(args.output)
    else:
        for row in totals.collect():
            print(json.dumps({**row.asDict(), "total": int(row.total)}, ensure_ascii=False))
    spark.stop()

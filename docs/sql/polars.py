"""Usage of closed periods by tenant, meter and unit, to the last digit, with Polars.

README.md beside this file says what Polars cannot do.
"""

import polars as pl


def totals_of_closed(bucket: str, days: str, storage_options: dict[str, str]) -> pl.DataFrame:
    """`bucket` such as "s3://bucket/prefix", and `days` a pattern such as "2025-08-*"."""
    closed = f"{bucket}/metering/closed"
    usage = pl.scan_parquet(
        f"{closed}/usage/day={days}/*.parquet", hive_partitioning=True, storage_options=storage_options
    )
    manifests = pl.scan_ndjson(
        f"{closed}/manifests/day={days}/*.json", schema={"closing": pl.String}, storage_options=storage_options
    )
    return (
        # Rows of closings without a manifest do not count.
        usage.join(manifests, on="closing", how="semi")
        .with_columns(tenant=pl.col("attributes").str.json_path_match("$.logical_cluster_id"))
        .group_by("tenant", "meter", "unit")
        # The sum of UInt64 is a UInt64 and wraps around in silence.
        .agg(total=(pl.col("value").cast(pl.Int128) * pl.col("sign")).sum())
        .collect()
    )

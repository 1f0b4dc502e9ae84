-- DataFusion: usage of closed periods by tenant, meter and unit, to the last digit. Put the address of your bucket in place of
-- s3://bucket/prefix. Close periods with `attributes: ["logical_cluster_id"]`, since DataFusion has no functions for JSON.
-- README.md beside this file says what else DataFusion cannot do.

-- ## Tables of closed periods

CREATE EXTERNAL TABLE metering_usage
STORED AS PARQUET
PARTITIONED BY (day)
LOCATION 's3://bucket/prefix/metering/closed/usage/';

CREATE EXTERNAL TABLE metering_manifests (closing varchar)
STORED AS JSON
LOCATION 's3://bucket/prefix/metering/closed/manifests/';

-- ## Closed periods

SELECT
  logical_cluster_id AS tenant,
  meter,
  unit,
  -- The sum of UInt64 is a UInt64 and wraps around in silence.
  sum(CAST(value AS decimal(38, 0)) * sign) AS total
FROM metering_usage
WHERE day BETWEEN '2025-08-01' AND '2025-08-31'
  -- Rows of closings without a manifest do not count.
  AND closing IN (SELECT closing FROM metering_manifests)
GROUP BY logical_cluster_id, meter, unit;

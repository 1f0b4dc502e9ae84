-- DuckDB: usage by tenant, meter and unit, to the last digit. First read the definitions: .read examples/query-duckdb/usage.sql
-- Put the address of your bucket in place of s3://bucket/prefix, and the times that you need in place of 17558* and 2025-08-*.
-- README.md beside this file says what DuckDB cannot do.

-- ## Access to S3

INSTALL httpfs;
LOAD httpfs;
CREATE SECRET (TYPE s3, PROVIDER credential_chain, REGION 'eu-west-1');

-- ## Files of records

-- The sum of UBIGINTs is a HUGEINT, which holds 2^127.
SELECT tenant, meter, unit, sum(value) AS total
FROM metering_usage('s3://bucket/prefix/metering/ru/17558*/**/*.json.gz')
GROUP BY ALL;

-- ## Closed periods

SELECT tenant, meter, unit, sum(value) AS total
FROM metering_closed('s3://bucket/prefix/metering/closed', '2025-08-*')
GROUP BY ALL;

-- ## By owner

-- As the metadata was at each minute.
SELECT metadata ->> 'owner' AS owner, meter, unit, sum(value) AS total
FROM metering_usage('s3://bucket/prefix/metering/ru/17558*/**/*.json.gz') AS used
ASOF LEFT JOIN (
  SELECT * FROM metering_metadata('s3://bucket/prefix/metering/meta/logic/**/*.json.gz') WHERE category IS NULL
) AS version ON used.tenant = version.cluster_id AND used.minute >= version.modify_ts
GROUP BY ALL;

-- ## Counted twice

-- Minutes of a component that are stored in several places, and so count more than once.
SELECT minute, category, self_id, list(DISTINCT filename) AS files
FROM metering_pages('s3://bucket/prefix/metering/ru/17558*/**/*.json.gz')
GROUP BY ALL
HAVING count(DISTINCT coalesce(shared_pool_id, '')) > 1;

-- Trino: usage by tenant, meter and unit, to the last digit. Put the address of your bucket in place of s3://bucket/prefix, and
-- the minutes and days you need into the statements. The statements that read are Athena's too; the tables for Athena are at the end.
-- README.md beside this file says what to set, and what Trino and Athena cannot do.

-- ## Table of pages

-- A row is a file, whole: JSON has no control characters, so nothing cuts it. The folders of the minutes are projected as
-- partitions, so that no statement registers or lists them all.
CREATE TABLE metering_pages (
  line varchar,
  minute bigint WITH (
    partition_projection_type = 'INTEGER',
    partition_projection_range = ARRAY['1735689600', '2051222400'],
    partition_projection_interval = 60
  )
)
WITH (
  format = 'TEXTFILE',
  external_location = 's3://bucket/prefix/metering/ru/',
  partitioned_by = ARRAY['minute'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://bucket/prefix/metering/ru/${minute}/'
);

-- ## Files of records

WITH
  pages AS (
    SELECT
      minute,
      regexp_extract("$path", 'metering/ru/\d+/([^/]+)/', 1) AS category,
      coalesce(regexp_extract("$path", 'metering/ru/\d+/[^/]+/([^/]+)/[^/]+$', 1), '') AS shared_pool_id,
      regexp_extract("$path", '([^/]+)-\d+\.json\.gz$', 1) AS self_id,
      CAST(regexp_extract("$path", '-(\d+)\.json\.gz$', 1) AS integer) AS part,
      CAST(json_extract(page, '$.parts') AS integer) AS parts,
      page
    -- Unlike json_extract of a text, json_parse stops at what is no JSON.
    FROM (SELECT "$path", minute, json_parse(line) AS page FROM metering_pages)
    WHERE minute BETWEEN 1755849600 AND 1755853140
  ),
  -- Part 0 says how many pages its record has (`parts`), and pages beyond these do not count. The Go SDK does not say it: its
  -- records have the pages that are there.
  known AS (
    SELECT *, coalesce(max(parts) OVER record, max(part) OVER record + 1) AS record_pages
    FROM pages
    WINDOW record AS (PARTITION BY minute, category, shared_pool_id, self_id)
  ),
  marked AS (
    SELECT page, record_pages, min(part) OVER record AS first_part, count(*) OVER record AS present_pages
    FROM known
    WHERE part < record_pages
    WINDOW record AS (PARTITION BY minute, category, shared_pool_id, self_id)
  ),
  properties AS (
    SELECT
      json_extract_scalar(element_at(element, 'logical_cluster_id'), '$') AS tenant,
      meter,
      json_extract_scalar(property, '$.unit') AS unit,
      json_format(json_extract(property, '$.unit')) LIKE '"%' AS has_unit,
      json_format(json_extract(property, '$.value')) AS digits
    FROM marked
    CROSS JOIN UNNEST(CAST(json_extract(page, '$.data') AS array(map(varchar, json)))) AS of_data (element)
    CROSS JOIN UNNEST(element) AS of_element (meter, property)
    WHERE first_part = 0 AND present_pages = record_pages
  ),
  -- bigint does not hold 2^64−1, and double rounds.
  amounts AS (
    SELECT tenant, meter, unit, CAST(digits AS decimal(38, 0)) AS value
    FROM properties
    WHERE has_unit AND regexp_like(digits, '^\d{1,20}$')
  )
SELECT tenant, meter, unit, sum(value) AS total
FROM amounts
WHERE value <= decimal '18446744073709551615'
GROUP BY tenant, meter, unit;

-- ## Tables of closed periods

-- The amount of periods that were closed with `values: "decimal"` is a decimal(20, 0), as here. Of others, see the end.
CREATE TABLE metering_usage (
  closing varchar,
  sign integer,
  minute bigint,
  category varchar,
  shared_pool_id varchar,
  self_id varchar,
  component varchar,
  meter varchar,
  unit varchar,
  value decimal(20, 0),
  attributes varchar,
  day varchar WITH (
    partition_projection_type = 'DATE',
    partition_projection_format = 'yyyy-MM-dd',
    partition_projection_range = ARRAY['2025-01-01', 'NOW']
  )
)
WITH (
  format = 'PARQUET',
  external_location = 's3://bucket/prefix/metering/closed/usage/',
  partitioned_by = ARRAY['day'],
  partition_projection_enabled = true
);

CREATE TABLE metering_manifests (
  line varchar,
  day varchar WITH (
    partition_projection_type = 'DATE',
    partition_projection_format = 'yyyy-MM-dd',
    partition_projection_range = ARRAY['2025-01-01', 'NOW']
  )
)
WITH (
  format = 'TEXTFILE',
  external_location = 's3://bucket/prefix/metering/closed/manifests/',
  partitioned_by = ARRAY['day'],
  partition_projection_enabled = true
);

-- ## Closed periods

SELECT
  json_extract_scalar(attributes, '$.logical_cluster_id') AS tenant,
  meter,
  unit,
  sum(CAST(value AS decimal(38, 0)) * sign) AS total
FROM metering_usage
WHERE day BETWEEN '2025-08-01' AND '2025-08-31'
  -- Rows of closings without a manifest do not count.
  AND closing IN (
    SELECT json_extract_scalar(line, '$.closing') FROM metering_manifests WHERE day BETWEEN '2025-08-01' AND '2025-08-31'
  )
GROUP BY 1, 2, 3;

-- ## Closed periods with UINT64

-- Trino has no UINT64. Where periods were closed without `values: "decimal"`, make the table with `value bigint`, in which amounts
-- from 2^63 up are negative, and add 2^64 to these.
SELECT
  json_extract_scalar(attributes, '$.logical_cluster_id') AS tenant,
  meter,
  unit,
  sum((CAST(value AS decimal(38, 0)) + IF(value < 0, decimal '18446744073709551616', decimal '0')) * sign) AS total
FROM metering_usage
WHERE day BETWEEN '2025-08-01' AND '2025-08-31'
  AND closing IN (
    SELECT json_extract_scalar(line, '$.closing') FROM metering_manifests WHERE day BETWEEN '2025-08-01' AND '2025-08-31'
  )
GROUP BY 1, 2, 3;

-- ## Athena's table of pages

-- By Athena's documentation: nobody has run it here.
CREATE EXTERNAL TABLE metering_pages (line string)
PARTITIONED BY (minute bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\001'
STORED AS TEXTFILE
LOCATION 's3://bucket/prefix/metering/ru/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.minute.type' = 'integer',
  'projection.minute.range' = '1735689600,2051222400',
  'projection.minute.interval' = '60',
  'storage.location.template' = 's3://bucket/prefix/metering/ru/${minute}/'
);

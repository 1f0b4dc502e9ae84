-- ClickHouse: usage by tenant, meter and unit, to the last digit. Put the address of your bucket in place of
-- https://bucket.s3.eu-west-1.amazonaws.com/prefix, and the days you need in place of 17558* and day=2025-08-*.
-- README.md beside this file says what ClickHouse cannot do.

-- ## Files of records

WITH
  pages AS (
    SELECT
      extractGroups(_path, 'metering/ru/+(\\d+)/+([^/]+)/+(?:([^/]+)/+)?([^/]+)-(\\d+)\\.json\\.gz$') AS id,
      toUInt32(id[5]) AS part,
      JSONExtractUInt(line, 'parts') AS parts,
      line
    -- LineAsString takes a file as it is, whatever the length of its one line.
    FROM s3('https://bucket.s3.eu-west-1.amazonaws.com/prefix/metering/ru/17558*/**/*.json.gz', 'LineAsString', 'line String')
  ),
  -- Part 0 says how many pages its record has (`parts`), and pages beyond these do not count. The Go SDK does not say it: its
  -- records have the pages that are there.
  known AS (
    SELECT
      id,
      part,
      line,
      max(parts) OVER record AS named_pages,
      max(part) OVER record + 1 AS found_pages,
      if(named_pages > 0, named_pages, found_pages) AS record_pages
    FROM pages
    WINDOW record AS (PARTITION BY id[1], id[2], id[3], id[4])
  ),
  marked AS (
    SELECT line, record_pages, min(part) OVER record AS first_part, count() OVER record AS present_pages
    FROM known
    WHERE part < record_pages
    WINDOW record AS (PARTITION BY id[1], id[2], id[3], id[4])
  ),
  elements AS (
    SELECT element
    FROM marked
    ARRAY JOIN JSONExtractArrayRaw(line, 'data') AS element
    -- The functions named JSONExtract take what is no JSON for empty.
    WHERE first_part = 0 AND present_pages = record_pages AND throwIf(NOT isValidJSON(line), 'A file holds no JSON') = 0
  )
SELECT
  JSONExtract(element, 'logical_cluster_id', 'Nullable(String)') AS tenant,
  property.1 AS meter,
  JSONExtractString(property.2, 'unit') AS unit,
  -- The sum of UInt64 is a UInt64 and wraps around in silence.
  sum(toUInt128(JSONExtractUInt(property.2, 'value'))) AS total
FROM elements
ARRAY JOIN JSONExtractKeysAndValuesRaw(element) AS property
WHERE JSONType(property.2, 'value') IN ('Int64', 'UInt64')
  AND JSONExtractInt(property.2, 'value') >= if(JSONType(property.2, 'value') = 'Int64', 0, -1)
  AND JSONType(property.2, 'unit') = 'String'
GROUP BY tenant, meter, unit;

-- ## Closed periods

SELECT
  JSONExtract(attributes, 'logical_cluster_id', 'Nullable(String)') AS tenant,
  meter,
  unit,
  sum(toInt128(value) * sign) AS total
FROM s3('https://bucket.s3.eu-west-1.amazonaws.com/prefix/metering/closed/usage/day=2025-08-*/*.parquet')
-- Rows of closings without a manifest do not count.
WHERE closing IN (
  SELECT JSONExtractString(line, 'closing')
  FROM s3(
    'https://bucket.s3.eu-west-1.amazonaws.com/prefix/metering/closed/manifests/day=2025-08-*/*.json',
    'LineAsString',
    'line String'
  )
)
GROUP BY tenant, meter, unit;

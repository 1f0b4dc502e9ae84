-- Metering files as tables, exact. `files` is a glob or a list of globs, such as
-- 's3://bucket/prefix/metering/ru/17558*/**/*.json.gz', which holds both layouts.

-- One row a stored page. Minute, category, pool, self id and part come from its key. `columns` matters: without it DuckDB guesses
-- types from some of the files, misses properties that those lack, and may turn integers into doubles.
CREATE OR REPLACE MACRO metering_pages(files) AS TABLE
SELECT
  filename,
  id.minute::BIGINT AS minute,
  id.category AS category,
  nullif(id.pool, '') AS shared_pool_id,
  id.self_id AS self_id,
  id.part::INTEGER AS part,
  parts,
  data
FROM (
  SELECT
    filename,
    regexp_extract(
      filename,
      'metering/ru/(\d+)/([^/]+)/(?:([^/]+)/)?([^/]+)-(\d+)\.json\.gz$',
      ['minute', 'category', 'pool', 'self_id', 'part']
    ) AS id,
    parts,
    data
  FROM read_json(files, columns = {parts: 'INTEGER', data: 'MAP(VARCHAR, JSON)[]'}, filename = true)
);

-- One row a metering value, of complete records only. Part 0 says how many pages the record has (`parts`); pages beyond these do
-- not count. The Go SDK does not say it: its records have the pages that are there.
CREATE OR REPLACE MACRO metering_usage(files) AS TABLE
WITH known AS (
  SELECT *, coalesce(max(parts) OVER record, max(part) OVER record + 1) AS pages
  FROM metering_pages(files)
  WINDOW record AS (PARTITION BY minute, category, shared_pool_id, self_id)
),
named AS (
  SELECT * FROM known WHERE part < pages
),
complete AS (
  SELECT *
  FROM named
  WINDOW record AS (PARTITION BY minute, category, shared_pool_id, self_id)
  QUALIFY min(part) OVER record = 0 AND count(*) OVER record = pages
),
elements AS (
  SELECT * EXCLUDE (data, parts, pages), unnest(data) AS element FROM complete
),
properties AS (
  SELECT * EXCLUDE (element), element['logical_cluster_id'] ->> '$' AS tenant, unnest(map_entries(element)) AS property
  FROM elements
)
SELECT
  minute,
  category,
  shared_pool_id,
  self_id,
  tenant,
  property.key AS meter,
  (property.value ->> 'value')::UBIGINT AS value,
  property.value ->> 'unit' AS unit
FROM properties
WHERE json_type(property.value, '$.value') = 'UBIGINT' AND json_type(property.value, '$.unit') = 'VARCHAR';

-- One row a metering value of closed periods. `closed` is a folder such as 's3://bucket/prefix/metering/closed', `days` a pattern
-- such as '2025-08-*'. Rows of closings without a manifest do not count. What was taken back is negative.
CREATE OR REPLACE MACRO metering_closed(closed, days) AS TABLE
SELECT
  minute,
  category,
  shared_pool_id,
  self_id,
  attributes ->> 'logical_cluster_id' AS tenant,
  meter,
  value::HUGEINT * sign AS value,
  unit
FROM read_parquet(closed || '/usage/day=' || days || '/*.parquet', union_by_name = true)
WHERE closing IN (
  SELECT closing
  FROM read_json(closed || '/manifests/day=' || days || '/*.json', columns = {closing: 'VARCHAR'})
);

-- One row a version of metadata.
CREATE OR REPLACE MACRO metering_metadata(files) AS TABLE
SELECT
  id.type AS type,
  nullif(id.category, '') AS category,
  id.cluster_id AS cluster_id,
  id.modify_ts::BIGINT AS modify_ts,
  metadata
FROM (
  SELECT
    regexp_extract(
      filename,
      'metering/meta/(logic|sharedpool)/(?:([^/]+)/)?([^/]+)/(\d+)\.json\.gz$',
      ['type', 'category', 'cluster_id', 'modify_ts']
    ) AS id,
    metadata
  FROM read_json(files, columns = {metadata: 'JSON'}, filename = true)
);

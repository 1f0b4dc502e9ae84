/**
 * Something that others wrote, and our tests that run it.
 *
 * @typedef {object} Part
 * @property {string} name of its tests, `integration/<name>.test.ts`
 * @property {string} who as the table calls it, unlike any other part
 * @property {string} [tool] path of its script from `tools/`; by default the part's name
 * @property {boolean} [needsCeph] whether its tests need the real S3 server
 * @property {boolean} [slow] whether CI leaves it out, since it takes minutes
 */

/** @type {readonly Part[]} in the order of the table */
export const parts = [
  { name: "go-sdk", who: "Go SDK, local files" },
  { name: "go-sdk-s3", who: "Go SDK, S3", tool: "go-sdk", needsCeph: true },
  { name: "s3cmd", who: "s3cmd", needsCeph: true },
  { name: "rclone", who: "rclone", needsCeph: true },
  { name: "aws", who: "AWS CLI", needsCeph: true },
  { name: "moto", who: "moto", tool: "../../s3-servers/servers/moto" },
  { name: "oss2", who: "Alibaba Cloud's Python client" },
  { name: "duckdb", who: "DuckDB", needsCeph: true },
  { name: "clickhouse", who: "ClickHouse", needsCeph: true },
  { name: "spark", who: "Spark", needsCeph: true },
  { name: "trino", who: "Trino", needsCeph: true, slow: true },
  { name: "polars", who: "Polars", needsCeph: true },
  { name: "datafusion", who: "DataFusion", needsCeph: true },
];

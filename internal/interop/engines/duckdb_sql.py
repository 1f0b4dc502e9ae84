"""DuckDB, with the extension for S3 that a package of PyPI brings."""

import os
from importlib.resources import files

import duckdb
from serve import serve

connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
extension = files("duckdb_extension_httpfs") / f"extensions/v{duckdb.__version__}/httpfs.duckdb_extension"
connection.execute(f"LOAD '{extension}'")
connection.execute(
    "CREATE SECRET (TYPE s3, KEY_ID '{}', SECRET '{}', REGION '{}', ENDPOINT '{}', URL_STYLE 'path', USE_SSL false)".format(
        os.environ["S3_ACCESS_KEY_ID"],
        os.environ["S3_SECRET_ACCESS_KEY"],
        os.environ["S3_REGION"],
        os.environ["S3_ENDPOINT"].removeprefix("http://"),
    )
)
connection.execute(open(os.environ["DEFINITIONS"]).read())
serve(lambda request: connection.execute(request["sql"]).fetchall())

"""The program for Polars in docs/sql, which reads closed periods."""

import os
import runpy

from serve import serve

totals_of_closed = runpy.run_path(os.environ["PROGRAM"])["totals_of_closed"]
options = {
    "aws_endpoint_url": os.environ["S3_ENDPOINT"],
    "aws_allow_http": "true",
    "aws_region": os.environ["S3_REGION"],
    "aws_access_key_id": os.environ["S3_ACCESS_KEY_ID"],
    "aws_secret_access_key": os.environ["S3_SECRET_ACCESS_KEY"],
}
serve(lambda request: totals_of_closed(request["address"], request["days"], options).rows())

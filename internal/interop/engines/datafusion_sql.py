"""DataFusion."""

import os

from datafusion import SessionContext
from datafusion.object_store import AmazonS3
from serve import serve


def answer(request):
    bucket = request["bucket"]
    context = SessionContext()
    store = AmazonS3(
        bucket,
        region=os.environ["S3_REGION"],
        endpoint=os.environ["S3_ENDPOINT"],
        access_key_id=os.environ["S3_ACCESS_KEY_ID"],
        secret_access_key=os.environ["S3_SECRET_ACCESS_KEY"],
        allow_http=True,
    )
    context.register_object_store("s3://", store, bucket)
    *tables, query = request["statements"]
    for table in tables:
        context.sql(table)
    return [tuple(row.values()) for row in context.sql(query).to_pylist()]


serve(answer)

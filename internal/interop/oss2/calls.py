"""Runs Alibaba Cloud's client of OSS for the tests: a bucket and calls as JSON on stdin, their answers on stdout."""

import base64
import json
import sys

import oss2


def open_bucket(endpoint, region, bucket, accessKeyId, accessKeySecret, signature):
    kind = oss2.AuthV4 if signature == "V4" else oss2.Auth
    return oss2.Bucket(kind(accessKeyId, accessKeySecret), endpoint, bucket, region=region)


def listed(bucket, prefix):
    # Pages of a few, so that it has to ask for more.
    return [
        {"key": found.key, "size": found.size, "md5": found.etag.lower()}
        for found in oss2.ObjectIteratorV2(bucket, prefix=prefix, max_keys=10)
    ]


def put(bucket, key, body, ifAbsent=False):
    headers = {"x-oss-forbid-overwrite": "true"} if ifAbsent else {}
    bucket.put_object(key, base64.b64decode(body), headers=headers)


def get(bucket, key):
    # It compares the CRC-64 of what it got with the server's.
    return base64.b64encode(bucket.get_object(key).read()).decode()


def head(bucket, key):
    found = bucket.head_object(key)
    return {"type": found.content_type, "encoding": found.headers.get("content-encoding", "")}


CALLS = {
    "list": listed,
    "put": put,
    "get": get,
    "head": head,
    "delete": lambda bucket, key: bucket.delete_object(key) and None,
    "exists": lambda bucket, key: bucket.object_exists(key),
}


def answer(bucket, call, **arguments):
    try:
        return {"result": CALLS[call](bucket, **arguments)}
    except oss2.exceptions.OssError as error:
        return {"error": {"status": error.status, "code": error.code}}


request = json.load(sys.stdin)
opened = open_bucket(**request["bucket"])
json.dump([answer(opened, **call) for call in request["calls"]], sys.stdout)

"""ClickHouse, in this process."""

import json

import chdb
from serve import serve


def answer(request):
    return map(json.loads, chdb.query(request["sql"], "JSONCompactEachRow").bytes().splitlines())


serve(answer)

"""Lets tests ask an engine: a JSON object a line, answered by a line."""

import json
import sys


def serve(answer):
    """`answer` takes a request and returns rows of tenant, meter, unit and total."""
    for line in sys.stdin:
        try:
            reply = {"rows": [[tenant, meter, unit, str(total)] for tenant, meter, unit, total in answer(json.loads(line))]}
        except Exception as error:  # Whatever an engine says is an answer.
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)

"""What schemathesis also looks at. Its own check takes every error with a path for a fault of the
server, which mutations that refuse their arguments have by right; this one does not."""

import schemathesis


@schemathesis.check
def answered(ctx, response, case):
    assert response.status_code < 500
    body = response.json()
    assert set(body) <= {"data", "errors", "extensions"}
    assert "data" in body or body["errors"]
    for error in body.get("errors", []):
        assert error["message"]
        assert "Traceback" not in error["message"]

"""A server on loopback that speaks OSV's API: https://google.github.io/osv.dev/api/."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

JINJA = {
    "schema_version": "1.6.0",
    "id": "GHSA-462w-v97r-4m45",
    "modified": "2024-09-20T00:00:00Z",
    "aliases": ["CVE-2019-10906", "PYSEC-2019-217"],
    "summary": "Jinja2 sandbox escape via string formatting",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}],
            "versions": ["2.10", "2.9.6"],
        }
    ],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}],
    "database_specific": {"severity": "HIGH"},
}
JINJA_AGAIN = {
    "id": "PYSEC-2019-217",
    "modified": "2023-11-08T00:00:00Z",
    "aliases": ["CVE-2019-10906", "GHSA-462w-v97r-4m45"],
    "affected": JINJA["affected"],
}
WITHDRAWN = {
    **JINJA,
    "id": "GHSA-xxxx-xxxx-xxxx",
    "aliases": [],
    "withdrawn": "2024-01-01T00:00:00Z",
}
LODASH = {
    "id": "GHSA-jf85-cpcp-j695",
    "modified": "2024-01-01T00:00:00Z",
    "summary": "Prototype Pollution in lodash",
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "lodash"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.12"}]}],
        }
    ],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H"}],
}
RECORDS = {
    ("PyPI", "jinja2", "2.10"): [JINJA_AGAIN, JINJA, WITHDRAWN],
    ("npm", "lodash", "4.17.11"): [LODASH],
}


class Osv(BaseHTTPRequestHandler):
    """OSV, with one record a page."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        if self.path != "/v1/querybatch":
            self.send(404, {"code": 5, "message": "Not found"})
            return
        self.send(self.server.next_status(), {"results": [self.page(q) for q in body["queries"]]})

    def do_GET(self):
        by_id = {record["id"]: record for found in RECORDS.values() for record in found}
        record = by_id.get(self.path.removeprefix("/v1/vulns/"))
        self.send(200 if record else 404, record or {"code": 5, "message": "Bug not found."})

    def page(self, query):
        key = (query["package"]["ecosystem"], query["package"]["name"], query["version"])
        found = RECORDS.get(key, [])
        at = int(query.get("page_token", "0"))
        if at >= len(found):
            return {}
        page = {"vulns": [{"id": found[at]["id"], "modified": found[at]["modified"]}]}
        return {**page, "next_page_token": str(at + 1)} if at + 1 < len(found) else page

    def send(self, status, body):
        data = self.server.spoilt or json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    """The server: what it was asked, and how it is to fail."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Osv)
        self.asked = []
        self.statuses = []
        self.spoilt = b""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def next_status(self):
        return self.statuses.pop(0) if self.statuses else 200


@contextlib.contextmanager
def running():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

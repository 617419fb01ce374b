"""ClickHouse's own engine (chDB) behind as much of its HTTP interface as is used: settings in the address, the query in the body."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

session = Session()


class Bridge(BaseHTTPRequestHandler):
    """One query a request."""

    def do_POST(self):
        """Run the query with the settings of the address; writes are run only where `readonly` is not asked for."""
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        settings = dict(parse_qsl(urlsplit(self.path).query))
        with_settings = ", ".join(f"{name} = {value if value.isdigit() else repr(value)}" for name, value in settings.items())
        try:
            body = session.query(f"{query.removesuffix(' FORMAT JSONEachRow')} SETTINGS {with_settings}" if settings else query, "JSONEachRow").bytes()
        except Exception:
            self.send_response(500)
            body = b""
        else:
            self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Bridge).serve_forever()

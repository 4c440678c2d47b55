"""A server that answers as it is told, one reply after another.

    with Server((503, "", {"Retry-After": "7"}), (200, "{}")) as server:
        ... server.url ...
        server.requests     # headers, body and path of each, in order
"""

import threading
from email.utils import formatdate

import loopback

NOW = 1790000000


class Server:
    """Answers with the replies it was given, one after another, the last for ever. A reply is status,
    body and headers; a body of None kills the connection, of bytes is longer than what is sent."""

    def __init__(self, *replies):
        outer = self
        self.replies, self.requests, self.lock = list(replies), [], threading.Lock()

        class Handler(loopback.Handler):
            def date_time_string(self, timestamp=None):
                return formatdate(NOW, usegmt=True)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with outer.lock:
                    outer.requests.append((dict(self.headers), body.decode(), self.path))
                    reply = outer.replies[0] if len(outer.replies) == 1 else outer.replies.pop(0)
                status, body, headers = (*reply, {})[:3] if len(reply) < 3 else reply
                if body is None:
                    self.close_connection = True
                    return
                self.send_response_only(status)
                for name, value in {"Date": self.date_time_string(), **headers}.items():
                    self.send_header(name, value)
                data = body.encode()
                self.send_header("Content-Length", str(len(data) + headers.get("cut", 0)))
                self.end_headers()
                self.wfile.write(data)
                if headers.get("cut"):
                    self.wfile.flush()
                    self.close_connection = True

            do_GET = do_POST

        self.server = loopback.Server(Handler)
        self.url = self.server.url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.__exit__()

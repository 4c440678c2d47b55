"""A server that answers as it is told, one reply after another.

    with Server((503, "", {"Retry-After": "7"}), (200, "{}")) as server:
        ... server.url ...
        server.requests     # headers, body and path of each, in order
"""

import http.server
import threading
from email.utils import formatdate

NOW = 1790000000


class Server:
    """Answers with the replies it was given, one after another, the last for ever. A reply is status,
    body and headers; a body of None kills the connection, of bytes is longer than what is sent."""

    def __init__(self, *replies):
        outer = self
        self.replies, self.requests, self.lock = list(replies), [], threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16

            def log_message(self, *_):
                pass

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

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        # It looks every so often whether it is to stop, half a second unless told.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

"""Servers on 127.0.0.1, at free ports, in threads of the test.

    class Handler(loopback.Handler):
        def do_GET(self):
            self.answer(200, json.dumps(self.server.told))

    with loopback.Server(Handler, told=[1, 2]) as server:
        urllib.request.urlopen(server.url)
"""

import http.server
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # headers and body in one packet
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, text, headers=()):
        body = text.encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    """What it is told by name, handlers find as its members."""

    daemon_threads = True

    def __init__(self, handler, **told):
        super().__init__(("127.0.0.1", 0), handler)
        self.__dict__.update(told)
        self.url = "http://127.0.0.1:%d" % self.server_port
        # It looks every so often whether it is to stop, half a second unless told.
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

#!/usr/bin/env python3
"""The HTTP client against servers that behave badly: small ones of our own on 127.0.0.1.

usage: tests/aws/test_http.py
"""

import datetime
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()

from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.x509.oid import NameOID  # noqa: E402
import ipaddress  # noqa: E402

ANSWERED, UNREACHABLE, BROKEN, TIMED_OUT, TOO_LARGE, UNTRUSTED, CANCELLED, UNUSABLE = range(8)


class Server:
    """Answers each connection by a function of the socket and the request's bytes."""

    def __init__(self, answer, context=None):
        self.answer, self.context = answer, context
        self.requests, self.connections = [], 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def url(self, path="/", scheme="http"):
        return "%s://127.0.0.1:%d%s" % (scheme, self.port, path)

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            while True:
                head = b""
                while b"\r\n\r\n" not in head:
                    more = connection.recv(65536)
                    if not more:
                        return
                    head += more
                head, _, body = head.partition(b"\r\n\r\n")
                length = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                          if line.lower().startswith(b"content-length:")]
                while length and len(body) < length[0]:
                    body += connection.recv(65536)
                self.requests.append((head, body))
                if self.answer(connection, head, body) is False:
                    return
        except OSError:
            pass
        finally:
            connection.close()


def whole(body=b"hello", status=b"200 OK", headers=b"", length=None, close=False):
    def answer(connection, _head, _body):
        size = len(body) if length is None else length
        connection.sendall(b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
                           % (status, headers, size, body))
        return not close
    return answer


def raw(answer):
    def send_raw(connection, _head, _body):
        connection.sendall(answer)
        return False
    return send_raw


def drip(connection, _head, _body):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.1)


def silent(_connection, _head, _body):
    time.sleep(20)


def reset(connection, _head, _body):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    return False


def cut_chunk(connection, _head, _body):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n20\r\nwo")
    return False


def garbage(connection, _head, _body):
    connection.sendall(b"\x00\x01\x02 not http at all\r\n\r\n")
    return False


def endless(connection, _head, _body):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def endless_headers(connection, _head, _body):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x-a: " + b"b" * 1000 + b"\r\n")


def send(*words, environment=None):
    """(fault, status, size, body, message, x-test), failures of all, seconds"""
    begin = time.monotonic()
    done = subprocess.run([support.probe("http_probe"), *words], capture_output=True, timeout=60,
                          check=True, env={**os.environ, **(environment or {})})
    seconds = time.monotonic() - begin
    first, _, failures = done.stdout.decode(errors="replace").rpartition("failures ")
    numbers, _, rest = first.strip("\n").partition(" ")
    status, size, rest = rest.split(" ", 2)
    body, message, header = rest.rsplit("|", 2)
    return (int(numbers), int(status), int(size), body, message, header), int(failures), seconds


def check_fault(what, answer, fault, *words, within=10, says=""):
    with Server(answer) as server:
        got, _, seconds = send(*words, server.url("/secret-path?secret=query"))
        support.check(what + ": fault", got[0], fault)
        support.check(what + ": in time", seconds < within, True)
        support.check(what + ": says %r in %r" % (says, got[4]), says in got[4], True)
        support.check(what + ": no path in messages", "secret" in got[4], False)
        return got, server


def certificate(folder, name, issuer=None):
    """A key and a certificate for 127.0.0.1, signed by itself or by issuer (key, certificate)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(subject)
               .issuer_name(issuer[1].subject if issuer else subject).public_key(key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(days=1))
               .not_valid_after(now + datetime.timedelta(days=1)))
    if issuer:
        builder = builder.add_extension(x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
    else:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    made = builder.sign(issuer[0] if issuer else key, hashes.SHA256())
    path = os.path.join(folder, name + ".pem")
    with open(path, "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption()))
    return (key, made), path


def check_good():
    with Server(whole(b"hello", headers=b"X-TEST:  value \r\n")) as server:
        got, _, _ = send(server.url("/a/../b?c=d"))
        support.check("an answer", got, (ANSWERED, 200, 5, "hello", "", "value"))
        support.check("the path goes as it is", server.requests[0][0].split(b" ")[1],
                      b"/a/../b?c=d")
        got, _, _ = send("method=POST", "body=a=b", "header=content-type:x", "header=empty:",
                         server.url())
        head, body = server.requests[1]
        support.check("a body is sent", (head.split(b" ")[0], body), (b"POST", b"a=b"))
        support.check("headers are sent", sorted(line for line in head.lower().split(b"\r\n")
                                                 if line.split(b":")[0] in
                                                 (b"content-type", b"empty", b"expect", b"host")),
                      sorted([b"content-type: x", b"empty:", b"host: 127.0.0.1:%d" % server.port]))
        got, _, _ = send("header=a: b\r\nc: d", server.url())
        support.check("no line ends in headers", (got[0], len(server.requests)), (UNUSABLE, 2))
        got, _, _ = send("method=PUT", server.url())
        support.check("PUT", (got[0], server.requests[2][0].split(b" ")[0]), (ANSWERED, b"PUT"))
    with Server(whole(b"", b"500 Oops")) as server:
        support.check("a status is an answer", send(server.url())[0][:2], (ANSWERED, 500))
    with Server(whole(b"")) as server:
        got, failures, _ = send("threads=4", "repeat=20", server.url())
        support.check("80 requests of four threads", (failures, len(server.requests)), (0, 80))
        support.check("over few connections", server.connections <= 4, True)


def check_once():
    """A kept connection that turns out dead: libcurl asks again by itself, unless it may not."""
    def make():
        seen = set()

        def first_only(connection, head, body):
            if connection in seen:
                return False
            seen.add(connection)
            return whole(b"first")(connection, head, body)
        return first_only
    with Server(make()) as server:
        _, failures, _ = send("method=POST", "repeat=2", "wait=50", server.url())
        support.check("what may be repeated is", (failures, len(server.requests)), (0, 3))
    with Server(make()) as server:
        _, failures, _ = send("method=POST", "repeat=2", "wait=50", "once=1", server.url())
        support.check("what may not is not, and has no need to", (failures, len(server.requests)),
                      (0, 2))


def check_redirects():
    with Server(whole(b"other")) as other:
        location = b"Location: " + other.url("/").encode() + b"\r\n"
        for status in (b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"):
            with Server(whole(b"moved", status, location)) as server:
                got, _, _ = send("header=authorization: secret", server.url())
                support.check("%s is handed over" % status.decode(), got[:2],
                              (ANSWERED, int(status[:3])))
        support.check("and nobody goes there", other.connections, 0)


def check_bad():
    check_fault("cut body", whole(b"hello", length=50, close=True), BROKEN)
    check_fault("cut chunk", cut_chunk, BROKEN)
    check_fault("killed connection", reset, BROKEN)
    check_fault("garbage", garbage, BROKEN)
    check_fault("a negative length", whole(length=-5, close=True), BROKEN)
    check_fault("megabytes", endless, TOO_LARGE, "max=1000000", says="1000000")
    check_fault("announced megabytes", whole(b"x" * 100000), TOO_LARGE, "max=1000")
    for what, head in (("a header", b"200 OK\r\nx-a: "), ("a first line", b"200 ")):
        check_fault("%s of a megabyte" % what, raw(b"HTTP/1.1 " + head + b"x" * (1 << 20) + b"\r\n\r\n"),
                    TOO_LARGE, says="the headers of 127.0.0.1")
    check_fault("endless headers", endless_headers, TOO_LARGE, says="are larger than 65536 bytes")
    check_fault("a header of 80 KB", whole(headers=b"x-a: " + b"x" * 80000 + b"\r\n"), TOO_LARGE,
                says="are larger than 65536 bytes")
    check_fault("a header of 60 KB", whole(headers=b"x-a: " + b"x" * 60000 + b"\r\n"), ANSWERED)
    got, _ = check_fault("a body of just the cap", whole(b"x" * 1000), ANSWERED, "max=1000")
    support.check("is whole", got[2], 1000)
    check_fault("a longer body than said", whole(b"hello world", length=5, close=True), ANSWERED)
    check_fault("slow drips", drip, TIMED_OUT, "slow=1000", within=5)
    check_fault("silence, by speed", silent, TIMED_OUT, "slow=1000", within=5)
    check_fault("silence, by time", silent, TIMED_OUT, "total=500", within=3)
    check_fault("drips, by time", drip, TIMED_OUT, "total=700", within=3)
    check_fault("cancelled", silent, CANCELLED, "cancel=300", within=2)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    got, _, _ = send("http://127.0.0.1:%d/" % port)
    support.check("nobody there", got[0], UNREACHABLE)
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1:x", "http://[::", ""):
        support.check("no URL for us: %r" % url, send(url)[0][0] == UNUSABLE, True)


def check_tls(folder):
    authority, authority_path = certificate(folder, "authority")
    _, server_path = certificate(folder, "server", authority)
    _, stranger_path = certificate(folder, "stranger")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_path)
    with Server(whole(b"tls"), context) as server:
        got, _, _ = send(server.url(scheme="https"))
        support.check("an unknown authority is refused", (got[0], server.requests), (UNTRUSTED, []))
        got, _, _ = send("ca=" + authority_path, server.url(scheme="https"))
        support.check("a known one is not", got[:4], (ANSWERED, 200, 3, "tls"))
        got, _, _ = send("ca=" + stranger_path, server.url(scheme="https"))
        support.check("another authority is refused", got[0], UNTRUSTED)
        got, _, _ = send("ca=" + authority_path,
                         server.url(scheme="https").replace("127.0.0.1", "localhost"))
        support.check("another name is refused", got[0], UNTRUSTED)
        done = subprocess.run([support.probe("http_probe"), "ca=/nonexistent", server.url()],
                              capture_output=True, check=True, timeout=10)
        support.check("a bundle that is not there", done.stdout[:5], b"error")
    check_tls_environment(folder, context, authority_path)
    warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1 is old, and that is the point
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(server_path)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with Server(whole(b"old"), old) as server:
        got, _, _ = send("ca=" + authority_path, server.url(scheme="https"))
        support.check("TLS 1.1 is refused", (got[0], server.requests), (BROKEN, []))


# What programs around curl and OpenSSL take for "do not check", or for other certificates to trust.
LOOSENING = {
    "CURL_INSECURE": "1", "CURL_SSL_BACKEND": "none", "SSL_VERIFY": "0", "SSL_NO_VERIFY": "1",
    "SSL_CERT_FILE": None, "SSL_CERT_DIR": None, "CURL_CA_BUNDLE": None, "REQUESTS_CA_BUNDLE": None,
    "NODE_TLS_REJECT_UNAUTHORIZED": "0", "PYTHONHTTPSVERIFY": "0", "GIT_SSL_NO_VERIFY": "1",
    "AWS_NO_VERIFY_SSL": "true", "AWS_VERIFY_SSL": "false", "INSECURE": "1"}


def check_tls_environment(folder, context, authority_path):
    """No variable has an unknown authority trusted, alone or with all others."""
    configuration = os.path.join(folder, "openssl.cnf")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
                   "VerifyMode = Once\nCipherString = ALL:@SECLEVEL=0\nMinProtocol = TLSv1\n"
                   "VerifyCAFile = %s\n" % authority_path)
    curlrc = os.path.join(folder, ".curlrc")
    with open(curlrc, "w", encoding="utf-8") as file:
        file.write("insecure\ncacert = %s\n" % authority_path)
    variables = {name: value or authority_path for name, value in LOOSENING.items()}
    variables.update({"OPENSSL_CONF": configuration, "CURL_HOME": folder, "HOME": folder,
                      "SSL_CERT_DIR": folder})
    log = os.path.join(folder, "keys.log")
    with Server(whole(b"tls"), context) as server:
        for names in (*([name] for name in variables), list(variables)):
            got, _, _ = send(server.url(scheme="https"),
                             environment={name: variables[name] for name in names})
            support.check("refused with %s" % ", ".join(names), (got[0], server.requests), (UNTRUSTED, []))
        got, _, _ = send("ca=" + authority_path, server.url(scheme="https"),
                         environment={**variables, "SSLKEYLOGFILE": log})
        support.check("trusted by name", got[0], ANSWERED)
        support.check("no keys are written", os.path.exists(log), False)


def check_proxy():
    with Server(whole(b"proxied")) as proxy, Server(whole(b"direct")) as server:
        got, _, _ = send(server.url(), environment={"http_proxy": proxy.url(), "no_proxy": ""})
        support.check("a proxy of the environment", got[3], "proxied")


check_good()
check_once()
check_redirects()
check_bad()
with tempfile.TemporaryDirectory() as scratch:
    check_tls(scratch)
check_proxy()
sys.exit(support.finish())

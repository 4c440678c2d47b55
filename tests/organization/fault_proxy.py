#!/usr/bin/env python3
"""Stands between a client and the server of the tests, and spoils what it is told to.

It says {"port": N, "control": N, "trap": N} when it is there, and ends with its standard input.

The control port takes a line of JSON for a line of JSON:
    {"rules": [RULE, ...]}    from now on these rules, and counts begin anew
    {}                        {"counts": [[account, service, operation, calls, faults]], "trap": N,
                               "secrets": [every secret key and token that was handed out]}
A rule is {"kind": KIND} and any of "account", "service", "operation", "skip" (calls let through first) and
"times" (faults; without it all). The account of a call is that of its key; of AssumeRole and AssumeRoot it
is the one that is entered. Nobody who follows a redirect should reach the trap.

usage: tests/organization/fault_proxy.py UPSTREAM-PORT [MANAGEMENT-ACCOUNT]
"""

import asyncio
import base64
import calendar
import json
import os
import re
import socket
import struct
import sys
import time
import urllib.parse
from email.utils import formatdate

QUERY = ("iam", "sts", "rds", "monitoring", "sns")
NAMESPACE = {"iam": "https://iam.amazonaws.com/doc/2010-05-08/",
             "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
             "rds": "http://rds.amazonaws.com/doc/2014-10-31/",
             "monitoring": "http://monitoring.amazonaws.com/doc/2010-08-01/",
             "sns": "http://sns.amazonaws.com/doc/2010-03-31/"}
THROTTLES = {"s3": (503, "SlowDown"), "organizations": (400, "TooManyRequestsException"),
             "ec2": (503, "RequestLimitExceeded"), "account": (429, "TooManyRequestsException"),
             "access-analyzer": (429, "ThrottlingException")}
EXPIRED = {"s3": 400, "iam": 403, "sts": 403, "rds": 403, "ec2": 400, "monitoring": 403, "sns": 403}
BOMB = ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">'
        + "".join('<!ENTITY l%d "%s">' % (n, "&l%d;" % (n - 1) * 10) for n in range(1, 10))
        + "]><a>&l9;</a>")
HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>\r\n"
FLOOD = 80 << 20  # more than any answer may have
AGAIN = b"a-page-that-nobody-made"  # as a place where the next one begins
SMALL_TOKENS = ("access-analyzer", "logs")  # whose token begins with a small letter


class Call:
    """What a request asks for, and of whom."""

    def __init__(self, head, body, accounts):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path = first.split(" ")[:2]
        self.headers = {name.lower(): value.strip() for name, _, value in
                        (line.partition(":") for line in lines if ":" in line)}
        scope = re.search(r"Credential=([^/]+)/[0-9]+/([^/]+)/([^/]+)/", self.headers.get("authorization", ""))
        self.key, self.region, self.service = scope.groups() if scope else ("", "", "")
        form = dict(urllib.parse.parse_qsl(body.decode("latin-1"))) if b"Action=" in body else {}
        target = self.headers.get("x-amz-target", "").rpartition(".")[2]
        self.operation = form.get("Action") or target or "%s %s" % (self.method, self.path.split("?")[0])
        self.account = accounts.get(self.key, "")
        entered = form.get("RoleArn") or form.get("TargetPrincipal") if self.service == "sts" else None
        self.enters = re.search(r"[0-9]{12}", entered).group() if entered else None
        self.account = self.enters or self.account

    def signed_at(self):
        """By the clock of whoever calls."""
        told = self.headers.get("x-amz-date")
        return calendar.timegm(time.strptime(told, "%Y%m%dT%H%M%SZ")) if told else time.time()


def error(call, status, code, message, headers=()):
    """An error in the form of the service's protocol."""
    if call.service in QUERY:
        kind, body = "text/xml", (
            '<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message>'
            "</Error><RequestId>fault</RequestId></ErrorResponse>" % (NAMESPACE[call.service], code, message))
    elif call.service == "ec2":
        kind, body = "text/xml", ("<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error>"
                                  "</Errors><RequestID>fault</RequestID></Response>" % (code, message))
    elif call.service == "s3":
        kind, body = "application/xml", ("<Error><Code>%s</Code><Message>%s</Message><RequestId>fault"
                                         "</RequestId></Error>" % (code, message))
    else:
        kind, body = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
        headers = [("x-amzn-ErrorType", code), *headers]
    return reply(status, body, kind, headers)


def reply(status, body, kind="text/xml", headers=(), length=None):
    body = body.encode() if isinstance(body, str) else body
    lines = ["HTTP/1.1 %d Fault" % status, "Content-Type: " + kind,
             "Content-Length: %d" % (len(body) if length is None else length)]
    if not any(name == "Date" for name, _ in headers):
        lines.append("Date: " + formatdate(usegmt=True))
    lines += ["%s: %s" % header for header in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def canned(kind, call, proxy):
    """What is answered in place of the server, or None where the server has to be asked."""
    is_json = call.service not in (*QUERY, "ec2", "s3")
    throttle = THROTTLES.get(call.service, (400, "Throttling"))
    token = ("ExpiredTokenException", 400) if is_json else ("ExpiredToken", EXPIRED[call.service])
    later = formatdate(call.signed_at() + 3600, usegmt=True)
    denied = ("AccessDeniedException", 400) if is_json else ("AccessDenied", 403)
    makers = {
        "throttle": lambda: error(call, *throttle, "Rate exceeded"),
        "throttle-wait": lambda: error(call, *throttle, "Rate exceeded", [("Retry-After", "1")]),
        "500": lambda: error(call, 500, "InternalFailure", "An internal error occurred."),
        "503": lambda: error(call, 503, "ServiceUnavailable", "Service is unavailable."),
        "html-502": lambda: reply(502, HTML, "text/html"),
        "html-200": lambda: reply(200, HTML, "text/html"),
        "empty": lambda: reply(200, ""),
        "expired": lambda: error(call, token[1], token[0], "The security token is expired"),
        "denied": lambda: error(call, denied[1], denied[0], "User: x is not authorized to perform: y"),
        "redirect": lambda: reply(307, "", headers=[
            ("Location", "http://127.0.0.1:%d/" % proxy.trap_port)]),
        "bomb": lambda: reply(200, BOMB),
        "nested": lambda: reply(200, "[" * 200000 if is_json else "<a>" * 200000),
        "other-answer": lambda: reply(200, '{"Other": []}' if is_json else
                                      "<OtherResponse><OtherResult><A/></OtherResult></OtherResponse>"),
        "skew": lambda: error(call, 400 if is_json else 403,
                              "InvalidSignatureException" if is_json else "SignatureDoesNotMatch",
                              "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z "
                              "(20260101T011500Z - 15 min.)", [("Date", later)]),
        "headers": lambda: b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * (1 << 20) + b"\r\n" * 2,
        "no-http": lambda: b"SSH-2.0-OpenSSH_9.2\r\n",
    }
    return makers[kind]() if kind in makers else None


def foreign_report(body, call):
    """The same report as if another account's were handed out."""
    found = re.search(rb"<Content>([^<]*)</Content>", body)
    if not found:
        return body
    text = base64.b64decode(found.group(1)).replace(call.account.encode(), b"999999999999")
    return body.replace(found.group(1), base64.b64encode(text))


def endless(body, call):
    """One more page, always the same."""
    token = AGAIN.decode()
    if body.startswith(b"{"):
        name = "nextToken" if call.service in SMALL_TOKENS else "NextToken"
        return json.dumps({**json.loads(body), name: token}).encode()
    if b"<IsTruncated>" in body:
        body = re.sub(rb"<Marker>[^<]*</Marker>", b"", body)
        return re.sub(rb"<IsTruncated>[a-z]*</IsTruncated>",
                      b"<IsTruncated>true</IsTruncated><Marker>%s</Marker>" % AGAIN, body)
    return body


def spoiled(kind, call, head, body):
    """(bytes to send, whether the connection ends then) of an answer that the server gave."""
    half = len(body) // 2
    whole = head + b"Content-Length: %d\r\n\r\n" % len(body)
    if kind == "truncate":
        return whole + body[:half], True
    if kind == "cut":  # the length is that of the half
        return head + b"Content-Length: %d\r\n\r\n" % half + body[:half], False
    if kind == "chunk-cut":
        return head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body[:half], True
    if kind == "malformed":
        broken = body[:half] + b"<&\x00]}" + body[half:]
        return head + b"Content-Length: %d\r\n\r\n" % len(broken) + broken, False
    if kind == "long-length":
        return head + b"Content-Length: %d\r\n\r\n" % (len(body) + 7) + body, True
    if kind == "trailing":  # bytes that no request asked for
        return whole + body + b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxyz", False
    if kind == "kill-amid":
        return (whole + body)[:len(head) // 2], True
    if kind == "kill-after":
        return b"", True
    if kind == "foreign-report":
        body = foreign_report(body, call)
    elif kind == "endless":
        body = endless(body, call)
    elif kind == "wrong-date":
        return b"%sContent-Length: %d\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n" % (
            re.sub(rb"(?i)Date:[^\r]*\r\n", b"", head), len(body)) + body, False
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body, False


class Proxy:
    def __init__(self, upstream, management):
        self.upstream = upstream
        self.accounts = {}
        self.management = management
        self.trap_port = self.trapped = 0
        self.secrets = []
        self.serving = set()  # asyncio forgets tasks that nobody holds, and their connections
        self.replace([])

    def replace(self, rules):
        self.rules = [{"skip": 0, "times": 1 << 30, **rule} for rule in rules]
        self.counts = {}
        self.by_account = {}
        for rule in self.rules:
            self.by_account.setdefault(rule.get("account"), []).append(rule)

    def fault_of(self, call):
        for rule in self.by_account.get(call.account, []) + self.by_account.get(None, []):
            if all(rule.get(name) in (None, getattr(call, name)) for name in ("service", "operation")):
                if rule["skip"] > 0:
                    rule["skip"] -= 1
                elif rule["times"] > 0:
                    rule["times"] -= 1
                    return rule["kind"]
        return None

    async def forward(self, request):
        """(head without length, body) of the server's answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=1 << 26)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.read(-1)
        finally:
            writer.close()
        lines = [line for line in head[:-4].split(b"\r\n")
                 if not line.lower().startswith((b"content-length:", b"connection:"))]
        lines[0] = lines[0].replace(b"HTTP/1.0", b"HTTP/1.1")
        return b"\r\n".join(lines) + b"\r\n", body

    async def serve(self, reader, writer):
        task = asyncio.current_task()
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)
        try:
            while await self.serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def serve_one(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\nContent-Length: *([0-9]+)", head)
        body = await reader.readexactly(int(length.group(1))) if length else b""
        call = Call(head[:-4], body, self.accounts)
        call.account = call.account or self.management
        kind = self.fault_of(call)
        count = self.counts.setdefault((call.account, call.service, call.operation), [0, 0])
        count[0] += 1
        count[1] += kind is not None
        if kind == "kill-before":
            return self.kill(writer)
        if kind == "flood":
            return await self.flood(writer)
        if kind == "stall":
            await asyncio.sleep(0.3)
            return self.kill(writer)
        answer = canned(kind, call, self)
        if kind is None and AGAIN in head + body:  # moto would begin anew
            answer = error(call, 400, "ValidationError", "The token is invalid.")
        if answer is not None:
            writer.write(answer)
            await writer.drain()
            return kind not in ("headers", "no-http")
        answer_head, answer_body = await self.forward(
            re.sub(rb"(?i)\r\nConnection:[^\r]*", b"", head)[:-4] + b"\r\nConnection: close\r\n\r\n" + body)
        self.secrets += [text.decode() for text in re.findall(
            rb"<(?:SecretAccessKey|SessionToken)>([^<]+)<", answer_body)]
        if call.enters:
            found = re.search(rb"<AccessKeyId>([A-Z0-9]+)</AccessKeyId>", answer_body)
            if found:
                self.accounts[found.group(1).decode()] = call.enters
        if kind == "drip":
            return await self.drip(writer, answer_head, answer_body)
        data, is_over = spoiled(kind, call, answer_head, answer_body)
        writer.write(data)
        await writer.drain()
        if kind in ("kill-amid", "kill-after"):
            await asyncio.sleep(0.01)
            return self.kill(writer)
        return not is_over

    @staticmethod
    async def drip(writer, head, body):
        """All of it, in twenty pieces over a second."""
        data = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
        step = len(data) // 20 + 1
        for start in range(0, len(data), step):
            writer.write(data[start:start + step])
            await writer.drain()
            await asyncio.sleep(0.05)
        return True

    @staticmethod
    async def flood(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"<a>" + b"x" * 65529 + b"</a>"
        sent = 0
        while sent < FLOOD:
            writer.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            await writer.drain()
            sent += len(piece)
        writer.write(b"0\r\n\r\n")
        return False

    @staticmethod
    def kill(writer):
        """A reset in place of an orderly end."""
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False

    async def control(self, reader, writer):
        while True:
            line = await reader.readline()
            if not line:
                break
            asked = json.loads(line)
            told = {"counts": [[*key, *value] for key, value in self.counts.items()],
                    "trap": self.trapped, "secrets": self.secrets}
            if "rules" in asked:
                self.replace(asked["rules"])
            writer.write(json.dumps(told).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def trap(self, _reader, writer):
        self.trapped += 1
        writer.close()


async def main():
    proxy = Proxy(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
    servers = [await asyncio.start_server(function, "127.0.0.1", 0, limit=1 << 26, backlog=1024)
               for function in (proxy.serve, proxy.control, proxy.trap)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    proxy.trap_port = ports[2]
    print(json.dumps(dict(zip(("port", "control", "trap"), ports))), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # whoever still waits is not told


if __name__ == "__main__":
    asyncio.run(main())

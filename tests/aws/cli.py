"""The AWS CLI as a program that starts at once.

    with Cli(folder):      # puts a program `aws` there
        subprocess.run(["sh", "-c", "aws iam list-users"], env={"PATH": folder + ":/usr/bin:/bin", ...})

Starting the CLI takes a second of processor time, most of it to import modules and read descriptions of
services, and tests of command lines start it hundreds of times. Here one process has done all that, and
forks for each call. The child takes the words, the folder, the environment and the open files of whoever
called, and goes on as the CLI's own `main`. Only the start is left out.
"""

import gc
import os
import socket
import struct
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PYTHON = os.path.join(TOP, "build", "venv", "bin", "python3")
SERVICES = ("iam", "sts", "logs", "cloudwatch", "cloudtrail", "sns")

# What is called `aws`. It imports nothing that takes time.
CALLER = """#!/bin/sh
exec "%s" -I -S -c '
import _socket, os, sys
words = [os.getcwdb(), *map(os.fsencode, sys.argv[2:])]
text = b"".join(word + b"\\0" for word in [b"%%d" %% len(words), *words,
                                         *(name + b"=" + value for name, value in os.environb.items())])
to = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
to.connect(sys.argv[1])
files = b"".join(file.to_bytes(4, sys.byteorder) for file in (0, 1, 2))
to.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
to.send(b"%%12d" %% len(text))
while text:
    text = text[to.send(text):]
answer = to.recv(1)
os._exit(answer[0] if answer else 70)
' "%s" "$@"
"""


def receive(connection, size):
    text = b""
    while len(text) < size:
        piece = connection.recv(size - len(text))
        if not piece:
            raise EOFError
        text += piece
    return text


def answer(connection, main):
    """Becomes the program that was called, in a process of its own."""
    _, files, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(3 * 4))
    for number, file in enumerate(struct.unpack("3i", files[0][2])):
        os.dup2(file, number)
        os.close(file)
    text = receive(connection, int(receive(connection, 12))).split(b"\0")[:-1]
    words, variables = text[1:1 + int(text[0])], text[1 + int(text[0]):]
    os.chdir(words[0])
    sys.argv = ["aws", *map(os.fsdecode, words[1:])]
    kept = os.environ["AWS_DATA_PATH"]  # which the CLI's modules set
    os.environ.clear()
    os.environb.update(variable.split(b"=", 1) for variable in variables)
    os.environ["AWS_DATA_PATH"] = kept
    try:
        code = main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([(code or 0) & 255]))


def remember(owner, name):
    """Has a method answer what it answered before."""
    ask, known = getattr(owner, name), {}

    def answered(self, *words, **named):
        key = (*words, *named.items())
        if key not in known:
            known[key] = ask(self, *words, **named)
        return known[key]

    setattr(owner, name, answered)


def load():
    """The CLI's main, with what it reads at every start already read: modules, and descriptions of
    services. Each child has them to itself."""
    from awscli import clidriver

    session = clidriver.create_clidriver().session
    loader = session.get_component("data_loader")
    remember(type(loader), "list_available_services")
    remember(type(loader.file_loader), "load_file")
    session.get_available_services()
    session.get_service_data("sdb")  # is looked at by every call
    session.get_waiter_model("iam")
    session.get_paginator_model("iam")
    for service in SERVICES:
        session.create_client(service, region_name="us-east-1", aws_access_key_id="a",
                              aws_secret_access_key="s")
    gc.freeze()
    return clidriver.main


def serve(path):
    main = load()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(16)
        print("ready", flush=True)
        children = set()
        while True:
            connection, _ = listener.accept()
            children = {child for child in children if os.waitpid(child, os.WNOHANG)[0] == 0}
            child = os.fork()
            children.add(child)
            if child == 0:
                listener.close()
                try:
                    answer(connection, main)
                finally:
                    os._exit(70)
            connection.close()


class Cli:
    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        place = os.path.join(self.folder, "aws.socket")
        with open(os.path.join(self.folder, "aws"), "w", encoding="utf-8") as file:
            file.write(CALLER % (PYTHON, place))
        os.chmod(file.name, 0o755)
        self.process = subprocess.Popen([PYTHON, "-B", os.path.abspath(__file__), place], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
        if not self.process.stdout.readline():
            raise RuntimeError("the AWS CLI did not start")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


if __name__ == "__main__":
    serve(sys.argv[1])

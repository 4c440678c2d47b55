"""What the tests of the AWS client share: a Python that has botocore and moto, the probes, counting.

    support.reexec()                      # goes on under build/venv, made first where it is missing
    answers = support.lines("sigv4_probe", tasks)
    support.check("what", got, expected)
    sys.exit(support.finish())
"""

import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TOP, "tests", "support"))
import packages  # noqa: E402

BUILD = os.environ.get("BUILD") or os.path.join(TOP, "build", "release")
SEED = int(os.environ.get("SEED", "1"))
COUNT = int(os.environ.get("COUNT", "0"))

passed = 0
failed = 0


def reexec():
    packages.need(*packages.MOTO)


def probe(name):
    return os.path.join(BUILD, "tests", "aws_" + name)


def lines(name, tasks):
    """One JSON answer for each JSON task, by a probe that reads lines."""
    done = subprocess.run([probe(name)], input="".join(json.dumps(t) + "\n" for t in tasks).encode(),
                          capture_output=True, timeout=300, check=False)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if done.returncode != 0 or len(answers) != len(tasks):
        print("# %s: exit code %d after %d of %d: %s" % (name, done.returncode, len(answers),
                                                         len(tasks), done.stderr.decode()))
    return answers


def check(what, got, expected):
    """Says what differs; what holds is only counted."""
    global passed, failed
    if got == expected:
        passed += 1
        return True
    failed += 1
    print("not ok %s\n# expected %r\n# got      %r" % (what, expected, got))
    return False


def finish():
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 and passed > 0 else 1

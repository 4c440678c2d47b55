"""Python packages that tests need beyond Debian's, each in one version, in build/venv.

    sys.path.append(os.path.join(TOP, "tests", "support"))
    import packages

    packages.need("moto", "flask")       # the test goes on where they are, or fails
    HAS = packages.want("html5lib")      # the test goes on where they are, or is told that they are not
"""

import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(TOP, "build", "venv")
PYTHON = os.path.join(VENV, "bin", "python3")
# Tests share build/venv: another version of one of them would be installed anew by each in turn.
VERSIONS = {
    "PyYAML": "6.0.3", "awscli": "1.46.3", "axe-playwright-python": "0.1.8", "cfn-lint": "1.40.2",
    "check-jsonschema": "0.39.0", "flask": "3.1.3", "flask-cors": "6.0.5", "html5lib": "1.1",
    "jsonschema": "4.26.0", "junitparser": "5.0.3", "markdown-it-py": "4.3.0", "moto": "5.2.5",
    "parliament": "1.6.4", "pillow": "12.3.0", "playwright": "1.65.2", "py-ocsf-models": "0.10.0",
    "pysigma": "2.0.1", "pysigma-backend-sqlite": "2.1.1", "python-hcl2": "7.3.1",
    # What moto and the AWS CLI agree on, and what moto brings.
    "botocore": None, "cryptography": None,
}
MOTO = ("awscli", "moto", "flask", "flask-cors")  # a server that plays AWS, and who calls it


def install(*names):
    """False, with a word why, where one of them cannot be had."""
    words = [name if VERSIONS[name] is None else "%s==%s" % (name, VERSIONS[name]) for name in names]
    return subprocess.run([os.path.join(TOP, "scripts", "venv"), *words], check=False).returncode == 0


def want(*names):
    if os.path.abspath(sys.prefix) == VENV:
        return True
    if install(*names):
        os.execv(PYTHON, [PYTHON, "-B", *sys.argv])
    return False


def need(*names):
    if not want(*names):
        print("0 passed, 1 failed")
        sys.exit(1)

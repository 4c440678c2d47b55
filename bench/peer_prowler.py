"""Prowler's own IAM checks on one account, through AWS_ENDPOINT_URL: what it finds and what it took.

Runs in Prowler's virtual environment (tests/peers/prowler/install). Prints one line of JSON.

usage: bench/peer_prowler.py REGION CHECK..."""
import collections
import contextlib
import importlib
import io
import json
import resource
import sys
import time

begin = time.monotonic()

# pylint: disable=wrong-import-position
from prowler.providers.aws.aws_provider import AwsProvider
from prowler.providers.common.models import Audit_Metadata
from prowler.providers.common.provider import Provider


def run_check(name):
    path = f"prowler.providers.aws.services.iam.{name}.{name}"
    findings = getattr(importlib.import_module(path), name)().execute()
    return dict(collections.Counter(finding.status for finding in findings))


def main():
    region, *checks = sys.argv[1:]
    loaded = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):
        provider = AwsProvider(regions={region})
        provider.audit_metadata = Audit_Metadata(
            services_scanned=0, expected_checks=checks, completed_checks=0, audit_progress=0)
        Provider.set_global_provider(provider)
        found = {check: run_check(check) for check in checks}
    end = time.monotonic()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": end - begin, "load_seconds": loaded - begin,
                      "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_kib": usage.ru_maxrss,
                      "found": found}))


main()

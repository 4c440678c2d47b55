#!/usr/bin/env python3
"""Records examples/recording anew: a small organization out of the emulator, for docs/collect.md.

usage: tests/organization/make_example.py      (then tests/docs/run, and look at what changed)
"""

import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plan as plans  # noqa: E402
import support  # noqa: E402

NAMES = ("management", "shop", "data-platform", "sandbox")


def small_plan():
    """Four accounts in three units, with a policy or two."""
    plan = plans.make_plan(seed=5, accounts=len(NAMES), users=5)
    root = plan["organization"]["root"]
    ids = ["ou-%s-example%d" % (root[2:], number) for number in range(1, 4)]
    plan["units"] = [
        {"id": ids[0], "name": "Workloads", "parent": root, "path": "/Workloads"},
        {"id": ids[1], "name": "Production", "parent": ids[0], "path": "/Workloads/Production"},
        {"id": ids[2], "name": "Sandbox", "parent": root, "path": "/Sandbox"}]
    for account, name, unit in zip(plan["accounts"], NAMES, (root, ids[1], ids[1], ids[2])):
        account.update(name=name, email=name + "@example.com", unit=unit)
    plan["accounts"][3]["denied"] = ["iam:ListVirtualMFADevices"]
    plan["policies"] = [{**plan["policies"][0], "targets": [ids[0]]}]
    return plan


def main():
    plan = small_plan()
    folder = os.path.join(support.TOP, "examples")
    shutil.rmtree(os.path.join(folder, "recording"), ignore_errors=True)
    with support.Organization(plan) as aws:
        done = subprocess.run(
            [support.KEYWARDEN, "collect", "--org", "--root-session", "--external-id", plans.EXTERNAL_ID,
             "--now", plans.NOW, "--store", "recording.db", "--record", "recording"],
            cwd=folder, env={**aws.environment(), "AWS_ENDPOINT_URL": aws.url}, check=False)
    os.remove(os.path.join(folder, "recording.db"))
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", "recording"], cwd=folder, check=True)
    return done.returncode


sys.exit(main())

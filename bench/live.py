"""The group about live collection: thousands of accounts against a bound, and one beside Prowler."""
import json
import os
import statistics
import subprocess
import sys

import yaml

from harness import (BUILD, DATA, MB, OTHERS_MAX, PROGRAM, ROOT, Broken, Run, disturbance,
                     take_turns)

sys.path.insert(0, str(ROOT / "tests" / "organization"))

LATENCY_S, USERS, JOBS = 0.02, 20, 64
PEER_USERS, PEER_ROLES = 200, 100
FIRST_ACCOUNT = 100_000_000_000
STORE, LIST = DATA / "collected.db", DATA / "accounts.txt"
NOW = "2026-11-01T00:00:00Z"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIACANNED", "AWS_SECRET_ACCESS_KEY": "canned", "HOME": "/nonexistent",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}


def make_inputs(setting):
    DATA.mkdir(parents=True, exist_ok=True)
    LIST.write_text("".join(f"{FIRST_ACCOUNT + i}\n" for i in range(setting.accounts)))


def drop_store():
    for suffix in ("", "-wal", "-shm"):
        STORE.with_name(STORE.name + suffix).unlink(missing_ok=True)


def drop_inputs(_setting):
    drop_store()
    LIST.unlink(missing_ok=True)


def measured(setting, words, environment):
    """What one run took; it has to succeed."""
    done = subprocess.run([BUILD / "measure", PROGRAM, *words], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, env={"PATH": os.environ["PATH"], **environment})
    run = Run(done.stdout, setting.clock) if done.returncode == 0 else None
    if run is None or run.code != 0:
        raise Broken(f"{words}: {done.stderr.strip()[-2000:]}")
    return run


def collect_canned(setting, source):
    """(run, calls) of the accounts that canned_aws plays."""
    drop_store()
    server = subprocess.Popen(
        [BUILD / "canned_aws", str(setting.accounts), str(USERS), str(int(LATENCY_S * 1000))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        run = measured(setting, ["collect", *source, "--store", STORE, "--endpoint-url", url, "--now",
                                 NOW, "--jobs", str(JOBS), "--quiet"], KEYS)
        server.stdin.close()
        calls, most, _ = (int(word) for word in server.stdout.read().split())
    finally:
        server.kill()
        server.wait()
    done = subprocess.run([PROGRAM, "store", "info", "--store", STORE], capture_output=True, text=True)
    if f"{setting.accounts} snapshots" not in done.stdout.replace(",", ""):
        raise Broken(f"not every account is in the store: {done.stdout}{done.stderr}")
    return run, calls, most


def bench_scale(bench):
    setting = bench.setting
    bench.heading(f"{setting.accounts:,} accounts of {USERS} users, every answer after "
                  f"{LATENCY_S * 1000:.0f} ms, {JOBS} at once (wall time always)")
    runs, others = disturbance(lambda: [collect_canned(setting, ["--accounts", LIST])
                                        for _ in range(1 if setting.quick else 3)])
    run, calls, most = sorted(runs, key=lambda one: one[0].wall)[len(runs) // 2]
    bound = calls * LATENCY_S / JOBS
    bench.row("keywarden collect --accounts", run.wall, "s", run.wall / bound,
              "it / calls x latency / jobs", 1.25, at_most=True, on_ratio=True,
              is_disturbed=others > OTHERS_MAX)
    bench.row("calls an account", calls / setting.accounts, "calls", floor=10, at_most=True)
    bench.row("calls a second", calls / run.wall, "calls/s")
    bench.row("most at once", most, "calls")
    bench.row("processor time a call", run.cpu / calls * 1e6, "us")
    bench.row("peak memory", max(one[0].peak_mb for one in runs), "MB", floor=128, at_most=True)
    bench.row("the store", STORE.stat().st_size / MB, "MB")


# Prowler


def prowler_checks():
    """Prowler's IAM checks that ask what our controls ask."""
    checks = []
    for name in ("keywarden", "account"):
        for control in yaml.safe_load((ROOT / "rules" / f"{name}.yaml").read_text()):
            theirs = control.get("maps", {}).get("prowler", [])
            checks += [theirs] if isinstance(theirs, str) else theirs
    return [check for check in checks if check.startswith("iam_")]


def peer_plan(plans):
    """One account as it may well be: people with apps, programs with keys, roles."""
    states = [plans.state_fresh, plans.state_old_key, plans.state_unused_key,
              plans.state_console_no_mfa, plans.state_two_active, plans.state_inactive_old]
    plan = plans.make_plan(1, 1, PEER_USERS - 1, states=states)
    account = plan["accounts"][0]
    for number in range(PEER_ROLES - len(account["roles"])):
        account["roles"].append({"name": f"role-{number}", "managed": [account["policies"][0]["arn"]],
                                 "inline": {}, "trusts": "ec2"})
    account["report"]["state"] = "fresh"  # who waits for a report to be made is not measured
    return plan


def run_prowler(aws, checks):
    """(seconds, peak MB, calls)"""
    aws.faults([])
    python = ROOT / "build" / "venv-prowler" / "bin" / "python3"
    done = subprocess.run([python, "-B", ROOT / "bench" / "peer_prowler.py", "us-east-1", *checks],
                          env={**aws.environment(), "AWS_ENDPOINT_URL": aws.url}, capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise Broken(f"Prowler: {done.stderr.strip()[-2000:]}")
    told = json.loads(done.stdout)
    return told["seconds"], told["peak_kib"] * 1024 / MB, sum(n for n, _ in aws.counts().values())


def run_ours(bench, aws):
    drop_store()
    aws.faults([])
    run = measured(bench.setting, ["collect", "--store", STORE, "--endpoint-url", aws.url, "--now",
                                   aws.plan["now"], "--quiet"], aws.environment())
    calls = sum(n for n, _ in aws.counts().values())
    audit = bench.run([PROGRAM, "audit", "--store", STORE, "--format", "summary"])
    return run.wall + audit.wall, max(run.peak_mb, audit.peak_mb), calls


def bench_prowler(bench):
    import plan as plans
    import support
    install = subprocess.run([ROOT / "tests" / "peers" / "prowler" / "install"])
    if install.returncode != 0:
        bench.heading("Prowler cannot be installed: nothing beside it")
        return
    checks = prowler_checks()
    with support.Organization(peer_plan(plans), page=1000) as aws:
        taken = take_turns(bench.setting.rounds, [
            ("prowler", 1 if bench.setting.quick else 3, lambda: run_prowler(aws, checks)),
            ("ours", bench.setting.rounds, lambda: run_ours(bench, aws))])
    seconds, memory, calls = (
        {name: statistics.median(run[i] for run in runs) for name, runs in taken.items()}
        for i in range(3))
    bench.heading(f"one account of {PEER_USERS} users and {PEER_ROLES} roles, from moto (wall time "
                  "always)")
    bench.row("keywarden collect, then audit", seconds["ours"], "s",
              seconds["prowler"] / seconds["ours"], "Prowler takes / it", 50, on_ratio=True)
    bench.row(f"Prowler 5.46.0, {len(checks)} IAM checks", seconds["prowler"], "s")
    bench.row("keywarden, calls", calls["ours"], "calls", calls["prowler"] / calls["ours"],
              "Prowler makes / it", 50, on_ratio=True)
    bench.row("Prowler, calls", calls["prowler"], "calls")
    bench.row("keywarden, peak memory", memory["ours"], "MB", memory["prowler"] / memory["ours"],
              "Prowler takes / it")
    bench.row("Prowler, peak memory", memory["prowler"], "MB")


def bench_collect(bench):
    bench_scale(bench)
    bench_prowler(bench)


GROUPS = {"collect": bench_collect}

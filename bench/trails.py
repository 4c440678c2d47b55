"""The group that is about scans of CloudTrail: beside libdeflate alone, and beside other programs."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess

from harness import (BUILD, DATA, MB, PROGRAM, ROOT, Broken, PeerRun, busy_seconds, make_trails,
                     median_of, ratio_of, take_turns)

PACK = ROOT / "rules" / "root-activity.yml"
PROBE = ROOT / "build" / "release" / "tests" / "bench_trail_probe"
LARGE, SMALL, SAMPLE = DATA / "trails-large", DATA / "trails-small", DATA / "trails-sample"
TOO_COMMON = "assumerole_misuse"  # matches nearly every role's record

ROOT_RULE = """title: Root
id: 00000000-0000-4000-8000-000000000001
logsource: {product: aws, service: cloudtrail}
detection:
    root: {userIdentity.type: Root}
    condition: root
level: medium
"""

PYTHON_ORJSON = """import glob, gzip, json, orjson, sys, time
begin, cpu, count = time.perf_counter(), time.process_time(), 0
for path in glob.glob(sys.argv[1] + "/**/*.gz", recursive=True):
    with gzip.open(path) as file:
        for record in orjson.loads(file.read())["Records"]:
            count += record["userIdentity"].get("type") == "Root"
print(json.dumps({"seconds": time.perf_counter() - begin, "cpu_seconds": time.process_time() - cpu,
                  "figures": {"root": count}}))"""

PYTHON_DUCKDB = """import json, sys, time, duckdb
con = duckdb.connect(config={"threads": 1})
con.execute("SET enable_progress_bar = false")
begin, cpu = time.perf_counter(), time.process_time()
count = con.execute('''SELECT count(*) FROM (SELECT unnest(Records) r FROM read_json(?,
    columns={Records: 'STRUCT(userIdentity STRUCT("type" VARCHAR))[]'})) WHERE r.userIdentity.type = 'Root' ''',
    [sys.argv[1] + "/**/*.gz"]).fetchone()[0]
print(json.dumps({"seconds": time.perf_counter() - begin, "cpu_seconds": time.process_time() - cpu,
                  "figures": {"root": count}}))"""

JQ = "find {} -name '*.gz' -exec cat {{}} + | gzip -dc | " \
     "jq -c '.Records[] | select(.userIdentity.type == \"Root\") | .eventID' | wc -l"


def make_inputs(setting):
    """500 files of 2.4 MB, 12,000 of 17 KB, and a part of the first for those who take long."""
    files = 100 if setting.size < 1 << 30 else 500
    make_trails(LARGE, files, 2_400_000, 70)
    make_trails(SMALL, 2_000 if files == 100 else 12_000, 17_000, 40)
    make_trails(SAMPLE, 40, 2_400_000, 70)
    (BUILD / "root.yml").write_text(ROOT_RULE)


def drop_inputs(_setting):
    """They are kept: another run has them at once."""


def probe(bench, folder, rules, *options, cpus=None, rounds=None):
    """What the probe says of a corpus and rules."""
    setting = bench.setting
    cpus = cpus or setting.cpus[:1]
    command = ["taskset", "-c", ",".join(map(str, cpus)), PROBE, "-r",
               str(rounds or setting.rounds_pair), *options, folder, *rules]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Broken(f"{command}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def sigma_rules():
    """SigmaHQ's AWS rules, if a copy of them is there."""
    folder = pathlib.Path(os.environ.get("BENCH_SIGMA", ROOT / "build" / "sigma"))
    return sorted(folder.glob("*.yml"))


def check_same(what, one, other):
    for key in ("records", "matched_records", "matches"):
        if one[key] != other[key]:
            raise Broken(f"{what}: {key}: {one[key]} and {other[key]}")


def one_core(bench):
    sigma = sigma_rules()
    pack = probe(bench, LARGE, [PACK])
    check_same("with and without the prefilter", pack, probe(bench, LARGE, [PACK], "-n", rounds=1))
    bench.heading(f"{pack['files']} files of CloudTrail, {pack['bytes'] / 1e9:.2f} GB inflated, "
                  f"{pack['records']:,} records, one core")
    bench.row("libdeflate alone", pack["inflate_mbs"], "MB/s")
    bench.row("pack root-activity", pack["scan_mbs"], "MB/s", pack["ratio"], "libdeflate",
              floor=0.88, on_ratio=True)
    for level in ("avx2", "scalar"):
        run = probe(bench, LARGE, [PACK], "-s", level, rounds=3)
        check_same(f"avx512 and {level}", pack, run)
        bench.row(f"pack root-activity, --simd {level}", run["scan_mbs"], "MB/s", run["ratio"],
                  "libdeflate")
    counted = probe(bench, LARGE, [PACK], "-c", rounds=3)
    check_same("with and without counts", pack, counted)
    bench.row("pack root-activity, every record counted", counted["scan_mbs"], "MB/s",
              counted["ratio"], "libdeflate")
    if not sigma:
        return
    run = probe(bench, LARGE, sigma, "-x", TOO_COMMON)
    check_same("with and without the prefilter", run,
               probe(bench, LARGE, sigma, "-x", TOO_COMMON, "-n", rounds=1))
    share = 100 * run["matched_records"] / run["records"]
    bench.row(f"SigmaHQ, {run['rules']} rules ({share:.1f} % of records match)", run["scan_mbs"],
              "MB/s", run["ratio"], "libdeflate", floor=0.78, on_ratio=True)
    run = probe(bench, LARGE, sigma, rounds=3)
    share = 100 * run["matched_records"] / run["records"]
    bench.row(f"SigmaHQ, all {run['rules']} ({share:.0f} % of records match)", run["scan_mbs"],
              "MB/s", run["ratio"], "libdeflate")


def many_rules(bench):
    """The cost against the number of rules: the same rules again under other names and values."""
    sigma = sigma_rules() or [PACK]
    bench.heading("the same files, one core, more and more rules")
    points = []
    for copies in (1, 3, 9, 18, 54, 180):
        run = probe(bench, LARGE, sigma, "-x", TOO_COMMON, "-m", str(copies), rounds=3)
        points.append((run["rules"], run["scan_s"] / run["inflate_s"]))
        bench.row(f"{run['rules']:,} rules", run["scan_mbs"], "MB/s", points[-1][1] / points[0][1],
                  "its time / of the first", floor=2 if copies > 1 else None, at_most=True,
                  on_ratio=True)
    plot(bench, points)


def plot(bench, points):
    """Time against the number of rules; libdeflate alone is forty marks long."""
    lines = ["time of a scan (libdeflate alone: 1.00) against the number of rules"]
    for rules, cost in [(None, 1.0), *points]:
        name = "libdeflate" if rules is None else f"{rules:,}"
        bar = ("▒" if rules is None else "█") * round(40 * cost)
        lines.append(f"  {name:>10}  {bar} {cost:.2f}")
    bench.heading("\n".join(lines))


def two_cores(bench):
    if len(bench.setting.cpus) < 2:
        return
    cpus = bench.setting.cpus[:2]
    one = probe(bench, LARGE, [PACK], "-w")
    before, begin = busy_seconds(), os.times()
    two = probe(bench, LARGE, [PACK], "-w", "-j", "2", cpus=cpus)
    after, end = busy_seconds(), os.times()
    own = after[1] - before[1]
    others = (after[0] - before[0] - own) / (end.elapsed - begin.elapsed)
    ours = one["scan_s"] / two["scan_s"]
    theirs = one["inflate_s"] / two["inflate_s"]
    bench.heading("the same files, two cores (wall time always)")
    bench.row("libdeflate, two threads", two["inflate_mbs"], "MB/s", theirs, "it / one thread")
    bench.row("pack root-activity, two workers", two["scan_mbs"], "MB/s", ours / theirs,
              "our scaling / its", floor=0.95, on_ratio=True, is_disturbed=others > 0.1)


def small_files(bench):
    run = probe(bench, SMALL, [PACK])
    bench.heading(f"{run['files']:,} files of {run['bytes'] / run['files'] / 1000:.0f} KB inflated,"
                  " one core")
    bench.row("open, read, libdeflate, close", run["inflate_mbs"], "MB/s")
    bench.row("pack root-activity", run["scan_mbs"], "MB/s", run["ratio"], "it",
              floor=0.8, on_ratio=True)


def peers(bench):
    """Who finds root's records in a part of the files; all must find as many."""
    setting = bench.setting
    command = [PROGRAM, "trail", "scan", "--quiet", "--jobs", "1", "--format", "csv", "--rules",
               BUILD / "root.yml", SAMPLE]
    size = probe(bench, SAMPLE, [PACK], rounds=1)["bytes"]
    done = subprocess.run(command, capture_output=True, text=True)
    count = len(done.stdout.splitlines()) - 1
    runners = [("keywarden", 9, lambda: bench.run(command, setting.cpus[:1]))]
    if shutil.which("jq"):
        jq = ["sh", "-c", JQ.format(SAMPLE)]
        if int(subprocess.run(jq, capture_output=True, text=True).stdout) != count:
            raise Broken("keywarden and jq count root's records differently")
        runners.append(("jq 1.6", 1, lambda: bench.run(jq, setting.cpus[:1])))
    for name, code in (("DuckDB, one thread", PYTHON_DUCKDB), ("Python, orjson", PYTHON_ORJSON)):
        if setting.peer_python:
            runners.append((name, 3, lambda code=code: peer(setting, code, count)))
    taken = take_turns(setting.rounds, runners)
    floors = {"DuckDB, one thread": 6, "jq 1.6": 25, "Python, orjson": 8}
    ours = taken.pop("keywarden")
    bench.heading(f"root's {count} records in {size / MB:.0f} MB inflated, one core")
    bench.row("keywarden trail scan", size / MB / median_of(ours), "MB/s")
    for name, runs in taken.items():
        bench.row(name, size / MB / median_of(runs), "MB/s", ratio_of(ours, runs), "keywarden / it",
                  floor=floors[name], on_ratio=True)


def peer(setting, code, count):
    python, _ = setting.peer_python
    done = subprocess.run(["taskset", "-c", str(setting.cpus[0]), python, "-c", code, SAMPLE],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Broken(done.stderr.strip())
    run = PeerRun(done.stdout, setting.clock)
    if run.figures["root"] != count:
        raise Broken(f"a peer counts {run.figures['root']} records of root's, keywarden {count}")
    return run


def memory(bench):
    bench.heading("peak resident memory of a scan")
    for jobs in (1, 2):
        command = [PROGRAM, "trail", "scan", "--quiet", "--jobs", str(jobs), "--format", "csv",
                   LARGE]
        peak = statistics.median(bench.run(command).peak_mb for _ in range(3))
        bench.row(f"pack root-activity, {jobs} job{'s' if jobs > 1 else ''}", peak, "MB", floor=64,
                  at_most=True)


def group_trail(bench):
    one_core(bench)
    many_rules(bench)
    two_cores(bench)
    small_files(bench)
    peers(bench)
    memory(bench)


GROUPS = {"trail": group_trail}

"""The groups that are about fleets over time: studies from folders and from the store, imports."""
import csv
import shutil
import statistics
import subprocess

from harness import (DATA, MB, PROGRAM, ROOT, Broken, median_of, must_agree, ratio_of, run_peer,
                     take_turns)

WEEKS, USERS, PEER_SAMPLES = 20, 20, 2_000
FLEET, PEER_FLEET, STORE = DATA / "fleet", DATA / "fleet-peer", DATA / "fleet.db"


def simulate(path, samples):
    shutil.rmtree(path, ignore_errors=True)
    done = subprocess.run(
        [PROGRAM, "simulate", "--profile", "root-2020", "--seed", "7", "--accounts",
         str(samples // WEEKS), "--users-per-account", str(USERS), "--out", path],
        capture_output=True, text=True)
    if done.returncode != 0:
        raise Broken(f"keywarden simulate: {done.stderr.strip()}")


def make_inputs(setting):
    """The fleet of a million samples is 5 GB in a million files: it goes when it was measured."""
    DATA.mkdir(parents=True, exist_ok=True)
    simulate(FLEET, setting.samples)
    simulate(PEER_FLEET, min(PEER_SAMPLES, setting.samples))


def drop_inputs(_setting):
    for path in (FLEET, PEER_FLEET):
        shutil.rmtree(path, ignore_errors=True)
    drop_store()


def drop_store():
    for suffix in ("", "-wal", "-shm"):
        STORE.with_name(STORE.name + suffix).unlink(missing_ok=True)


def study(*source, jobs=1):
    return [PROGRAM, "study", "--quiet", "--jobs", str(jobs), "--format", "csv", *source]


def store_import(jobs):
    return [PROGRAM, "store", "import", "--quiet", "--jobs", str(jobs), "--store", STORE, FLEET]


def audit(*source):
    return [PROGRAM, "audit", "--quiet", "--jobs", "1", "--format", "summary", "--as-of",
            "2021-01-24", *source]


def figures(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Broken(f"{command}: exit code {done.returncode}: {done.stderr.strip()}")
    return {row["figure"]: row["value"] for row in csv.DictReader(done.stdout.splitlines())}


def run_duckdb(setting):
    python, _ = setting.peer_python
    return run_peer(setting, [python, str(ROOT / "bench" / "peer_duckdb_study.py"),
                              str(PEER_FLEET)])


def bench_study(bench):
    setting, first = bench.setting, bench.setting.cpus[:1]
    samples = setting.samples // WEEKS * WEEKS
    must_agree("study --jobs 1 and --jobs 2", figures(study(FLEET)), figures(study(FLEET, jobs=2)))
    runners = [
        ("study", setting.rounds, lambda: bench.run(study(FLEET), first)),
        ("audit", setting.rounds, lambda: bench.run(audit(FLEET), first)),
        ("two", setting.rounds, lambda: bench.run(study(FLEET, jobs=2), setting.cpus[:2])),
    ]
    if setting.peer_python:
        ours = figures(study(PEER_FLEET))
        peer = {name: value for name, (value, *_) in run_duckdb(setting).figures.items()}
        must_agree("the study and DuckDB", {name: ours[name] for name in peer}, peer)
        runners.append(("duckdb", 1, lambda: run_duckdb(setting)))
    taken = take_turns(setting.rounds, runners)

    def rate(name):
        return samples / median_of(taken[name])

    bench.heading(f"a study of {samples:,} samples of {USERS} users, in as many files, warm")
    bench.row("keywarden study --jobs 1", rate("study"), "samples/s",
              ratio_of(taken["study"], taken["audit"]), "it / audit", 0.6, on_ratio=True)
    bench.row("keywarden audit --jobs 1, the same files", rate("audit"), "samples/s")
    both = samples / statistics.median(run.wall for run in taken["two"])
    bench.row("keywarden study --jobs 2 (wall time)", both, "samples/s",
              statistics.median(a.wall / b.wall for a, b in zip(taken["study"], taken["two"])),
              "it / one job")
    if setting.peer_python:
        count = sum(1 for _ in PEER_FLEET.glob("*/*.csv"))
        peer = count / median_of(taken["duckdb"])
        bench.row(f"DuckDB {setting.peer_python[1]}, one thread ({count:,} samples)", peer,
                  "samples/s", rate("study") / peer, "keywarden / it")
    peak = max(run.peak_mb for run in taken["study"] + taken["two"])
    bench.row("peak memory, one job and two", peak, "MB", floor=128, at_most=True)


def bench_store(bench):
    setting, first = bench.setting, bench.setting.cpus[:1]
    samples = setting.samples // WEEKS * WEEKS
    jobs = min(2, len(setting.cpus))
    imports = []
    for count in (1, jobs):
        drop_store()
        imports.append(bench.run(store_import(count), setting.cpus[:count]))
    must_agree("the study of the files and of the store", figures(study(FLEET)),
               figures(study("--store", STORE)))
    taken = take_turns(setting.rounds, [
        ("study", setting.rounds, lambda: bench.run(study("--store", STORE), first)),
        ("two", setting.rounds, lambda: bench.run(study("--store", STORE, jobs=2),
                                                  setting.cpus[:2])),
        ("audit", 1, lambda: bench.run(
            [PROGRAM, "audit", "--quiet", "--jobs", "1", "--format", "summary", "--as-of",
             "2021-01-24", "--store", STORE], first)),
    ])
    size = STORE.stat().st_size
    bench.heading(f"the same {samples:,} samples in a store of {size / MB:,.0f} MB")
    for count, run in zip((1, jobs), imports):
        bench.row(f"keywarden store import --jobs {count} (wall time)", samples / run.wall,
                  "reports/s", floor=5000)
    rate = samples / median_of(taken["study"])
    bench.row("keywarden study --store --jobs 1", rate, "samples/s", floor=50_000)
    both = samples / statistics.median(run.wall for run in taken["two"])
    bench.row("keywarden study --store --jobs 2 (wall time)", both, "samples/s",
              statistics.median(a.wall / b.wall for a, b in zip(taken["study"], taken["two"])),
              "it / one job")
    bench.row("keywarden audit --store, newest of each account",
              samples / WEEKS / median_of(taken["audit"]), "reports/s")
    bench.row("peak memory of the import", max(run.peak_mb for run in imports), "MB", floor=128,
              at_most=True)
    bench.row("peak memory of the study", max(run.peak_mb for run in taken["study"] + taken["two"]),
              "MB", floor=128, at_most=True)


GROUPS = {"study": bench_study, "store": bench_store}

"""The groups that are about audits of credential reports: speed, cores, folders, start, memory."""
import hashlib
import pathlib
import shutil
import statistics
import subprocess
import sys

from harness import (BUILD, DATA, GB, MB, OTHERS_MAX, PROGRAM, ROOT, Broken, disturbance, make_file,
                     median_of, must_agree, ratio_of, run_peer, take_turns)

AS_OF = "2026-11-01T00:00:00Z"


def audit(*paths_and_options, jobs=1, form="summary"):
    return [PROGRAM, "audit", "--quiet", "--as-of", AS_OF, "--jobs", str(jobs), "--format", form,
            *paths_and_options]


def answer(command):
    """What an audit prints, as a dictionary of fail counts; exit codes 0 and 1 are good."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise Broken(f"{command}: exit code {done.returncode}: {done.stderr.strip()}")
    counts = {}
    for line in done.stdout.splitlines()[1:]:
        control, status, count = line.split(",")
        counts[control, status] = int(count)
    return counts


def run_duckdb(setting, path):
    python, _ = setting.peer_python
    return run_peer(setting, [python, str(ROOT / "bench" / "peer_duckdb.py"), str(path)])


PYTHON_CSV = """import csv, json, sys, time
begin, cpu = time.perf_counter(), time.process_time()
with open(sys.argv[1], newline="") as file:
    for row in csv.reader(file):
        pass
print(json.dumps({"seconds": time.perf_counter() - begin,
                  "cpu_seconds": time.process_time() - cpu}))"""


def fails_of(counts):
    return {control: count for (control, status), count in counts.items() if status == "fail"}


def check_duckdb(what, counts, run):
    must_agree(f"{what}: keywarden and DuckDB", fails_of(counts),
               {control: count for control, count in run.fails.items() if count > 0})


def make_inputs(setting):
    """Keeps what an earlier run made with the same generator."""
    mark = hashlib.sha256((ROOT / "bench" / "generate.c").read_bytes()).hexdigest()
    stamp = DATA / "generator"
    if not stamp.exists() or stamp.read_text() != mark:
        shutil.rmtree(DATA, ignore_errors=True)
        DATA.mkdir(parents=True)
        stamp.write_text(mark)
    generate = BUILD / "generate"
    for path, size in ((setting.report, setting.size), (setting.twin, setting.size),
                       (setting.part_csv, setting.part), (setting.sample_csv, setting.sample)):
        make_file(path, [generate, "report", str(size)])
    make_file(setting.quoted, [generate, "report", str(setting.size), "--quoted"])
    make_file(setting.part_gz, ["gzip", "-6", "-c", setting.part_csv])
    if not setting.folder.exists():
        partial = setting.folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        subprocess.run([generate, "folder", partial, str(setting.reports)], check=True)
        partial.rename(setting.folder)
    pack = (ROOT / "rules" / "keywarden.yaml").read_text()
    setting.rules.write_text(pack.replace("\n- id: ", "\n- id: own-"))


def drop_inputs(_setting):
    """They are kept: another run has them at once."""


def bench_file(bench):
    setting, first = bench.setting, bench.setting.cpus[:1]
    report, size = setting.report, setting.report.stat().st_size
    counts = answer(audit(report))
    must_agree("plain and quoted names", counts, answer(audit(setting.quoted)))
    must_agree("the pack and its copy under other ids",
               {("own-" + control, status): n for (control, status), n in counts.items()},
               answer(audit(report, "--rules", setting.rules)))
    if setting.peer_python:
        check_duckdb(report.name, counts, run_duckdb(setting, report))
        shards = [setting.folder / "000", setting.folder / "001"]
        for shard in (shard for shard in shards if shard.exists()):
            check_duckdb(shard.name, answer(audit(shard)), run_duckdb(setting, shard / "*.csv"))

    def pinned(command):
        return lambda: bench.run(command, first)

    few, many = setting.rounds, setting.rounds_pair
    ceiling = BUILD / "ceiling"
    runners = [
        ("keywarden", many, pinned(audit(report))),
        ("own", many, pinned(audit(report, "--rules", setting.rules))),
        ("quoted", many, pinned(audit(setting.quoted))),
        ("memchr", many, pinned([ceiling, "newlines", report])),
        ("read", many, pinned([ceiling, "read", report])),
        ("wc", many, pinned(["wc", "-l", report])),
        ("csv", few, lambda: run_peer(setting, [sys.executable, "-c", PYTHON_CSV,
                                                str(setting.sample_csv)])),
    ]
    if setting.peer_python:
        runners.append(("duckdb", many, lambda: run_duckdb(setting, report)))
    taken = take_turns(many, runners)

    def rate(name, of_size=size):
        return of_size / median_of(taken[name]) / MB

    ours = taken["keywarden"]
    bench.heading(f"one report of {size / GB:.2f} GB, one core, all controls to a summary")
    bench.row("keywarden --jobs 1", rate("keywarden"), "MB/s", floor=1000)
    if setting.peer_python:
        bench.row(f"DuckDB {setting.peer_python[1]}, one thread", rate("duckdb"), "MB/s",
                  ratio_of(ours, taken["duckdb"]), "keywarden / it", 5, on_ratio=True)
    sample = setting.sample_csv.stat().st_size
    per_byte = statistics.median((other.seconds / sample) / (run.seconds / size)
                                 for run, other in zip(ours, taken["csv"]))
    bench.row(f"Python csv, splitting alone ({sample / MB:.0f} MB)", rate("csv", sample), "MB/s",
              per_byte, "keywarden / it")
    bench.row("ceiling: one memchr pass", rate("memchr"), "MB/s", ratio_of(ours, taken["memchr"]),
              "keywarden / it")
    bench.row("ceiling: read(2) alone", rate("read"), "MB/s", ratio_of(ours, taken["read"]),
              "keywarden / it")
    bench.row("wc -l", rate("wc"), "MB/s", ratio_of(ours, taken["wc"]), "keywarden / it")
    bench.row("keywarden --rules, other ids", rate("own"), "MB/s", ratio_of(taken["own"], ours),
              "it / built in", 0.9, on_ratio=True)
    bench.row("keywarden, 1 % of names quoted", rate("quoted", setting.quoted.stat().st_size),
              "MB/s", ratio_of(taken["quoted"], ours), "it / unquoted")


def bench_cores(bench):
    """Both ways have the same two reports to judge: alone, each with a core of its own, or together.
    """
    setting = bench.setting
    reports, size = (setting.report, setting.twin), setting.report.stat().st_size
    if len(setting.cpus) < 2:
        bench.heading("two cores: this machine has one")
        return
    cpus = setting.cpus[:2]
    must_agree("--jobs 1 and --jobs 2", answer(audit(*reports)), answer(audit(*reports, jobs=2)))

    def run_pair():
        commands = [audit(report) for report in reports]
        started = [bench.start(command, [cpu]) for command, cpu in zip(commands, cpus)]
        return max((bench.finish(*run) for run in zip(started, commands)),
                   key=lambda run: run.wall)

    def one_round():
        return (bench.run(audit(*reports), cpus[:1]), bench.run(audit(*reports, jobs=2), cpus),
                run_pair())

    # Both processors are needed whole: a round during which others had much of one says nothing.
    rounds, quiet = [], []
    while len(quiet) < setting.rounds_pair and len(rounds) < 3 * setting.rounds_pair:
        taken, others = disturbance(one_round)
        rounds.append(taken)
        if others < OTHERS_MAX:
            quiet.append(taken)
    is_disturbed = len(quiet) < 3
    rounds = rounds if is_disturbed else quiet
    jobs, pair = (statistics.median(taken[i].wall for taken in rounds) for i in (1, 2))
    scaling = statistics.median(taken[0].wall / taken[1].wall for taken in rounds)
    ratio = statistics.median(taken[2].wall / taken[1].wall for taken in rounds)
    bench.heading("two such reports, two cores (wall time always)")
    bench.row("keywarden --jobs 2", 2 * size / jobs / MB, "MB/s", scaling, "it / one job")
    bench.row("two runs with --jobs 1 at once", 2 * size / pair / MB, "MB/s", ratio,
              "two jobs / it", 0.95, on_ratio=True, is_disturbed=is_disturbed)


def bench_part(bench):
    setting, first = bench.setting, bench.setting.cpus[:1]
    plain, packed, size = setting.part_csv, setting.part_gz, setting.part_csv.stat().st_size
    counts = answer(audit(plain))
    must_agree("plain and gzip", counts, answer(audit(packed)))
    flags = pathlib.Path("/proc/cpuinfo").read_text().split()
    levels = ["scalar"] + [level for level, flag in (("avx2", "avx2"), ("avx512", "avx512_vbmi2"))
                           if flag in flags]
    runners = [("plain", audit(plain)), ("gzip", audit(packed)),
               ("inflate", [BUILD / "ceiling", "inflate", packed]),
               ("gunzip", ["gzip", "-dc", packed]),
               ("findings", audit(plain, form="csv"))]
    runners += [(level, audit(plain, "--simd", level)) for level in levels]
    for level in levels:
        must_agree(f"--simd {level} and the default", counts, answer(audit(plain, "--simd", level)))
    taken = take_turns(setting.rounds, [
        (name, setting.rounds, lambda command=command: bench.run(command, first))
        for name, command in runners])
    found = bench.run(audit(plain, form="csv"), first, pipe=True).size

    def rate(name, of_size=size):
        return of_size / median_of(taken[name]) / MB

    bench.heading(f"a report of {size / MB:.0f} MB, one core")
    bench.row("keywarden --format csv, bytes written", rate("findings", found), "MB/s",
              found / size, "written / read", 250)
    bench.row("keywarden, gzip (bytes inflated)", rate("gzip"), "MB/s",
              ratio_of(taken["gzip"], taken["plain"]), "it / plain")
    bench.row("ceiling: ISA-L inflate alone", rate("inflate"), "MB/s",
              ratio_of(taken["gzip"], taken["inflate"]), "keywarden / it")
    bench.row("gzip -dc", rate("gunzip"), "MB/s", ratio_of(taken["gzip"], taken["gunzip"]),
              "keywarden / it")
    for level in levels:
        bench.row(f"keywarden --simd {level}", rate(level), "MB/s",
                  ratio_of(taken[level], taken["scalar"]), "it / scalar")


def bench_folder(bench):
    setting, first, folder = bench.setting, bench.setting.cpus[:1], bench.setting.folder
    must_agree("--jobs 1 and --jobs 2 on the folder", answer(audit(folder)),
               answer(audit(folder, jobs=2)))
    runners = [
        ("one", setting.rounds, lambda: bench.run(audit(folder), first)),
        ("walk", setting.rounds, lambda: bench.run([BUILD / "ceiling", "walk", folder], first)),
        ("two", setting.rounds, lambda: bench.run(audit(folder, jobs=2), setting.cpus[:2])),
    ]
    shard = folder / "000"
    if setting.peer_python:
        runners.append(("duckdb", 1, lambda: run_duckdb(setting, shard / "*.csv")))
    taken = take_turns(setting.rounds, runners)

    def rate(name):
        return setting.reports / median_of(taken[name])

    bench.heading(f"a folder of {setting.reports:,} reports, about 20 users each, warm")
    bench.row("keywarden --jobs 1", rate("one"), "reports/s", floor=20000)
    bench.row("ceiling: open, read, close alone", rate("walk"), "reports/s",
              ratio_of(taken["one"], taken["walk"]), "keywarden / it")
    both = setting.reports / statistics.median(run.wall for run in taken["two"])
    bench.row("keywarden --jobs 2 (wall time)", both, "reports/s",
              statistics.median(a.wall / b.wall for a, b in zip(taken["one"], taken["two"])),
              "it / one job")
    if setting.peer_python:
        count = len(list(shard.iterdir()))
        peer = count / median_of(taken["duckdb"])
        bench.row(f"DuckDB, one thread ({count:,} reports)", peer, "reports/s", rate("one") / peer,
                  "keywarden / it")


def bench_start(bench):
    setting = bench.setting
    small = next((setting.folder / "000").iterdir())
    # The output of a small report leaves at the end: all findings are there, not only the first.
    taken = take_turns(setting.starts, [
        ("keywarden", setting.starts,
         lambda: bench.run([PROGRAM, "audit", "-q", "--as-of", AS_OF, small], pipe=True)),
        ("echo", setting.starts, lambda: bench.run(["/bin/echo", "a"], pipe=True)),
    ])
    took = {name: statistics.median(run.wall for run in runs) * 1000
            for name, runs in taken.items()}
    bench.heading(f"one small report, {setting.starts} starts (wall time always)")
    bench.row("keywarden, start to all findings", took["keywarden"], "ms", floor=10, at_most=True)
    bench.row("/bin/echo", took["echo"], "ms", took["keywarden"] / took["echo"],
              "keywarden takes / it")


def bench_memory(bench):
    setting = bench.setting
    report, folder = setting.report, setting.folder
    jobs = min(2, len(setting.cpus))
    bench.heading("peak resident memory")

    def row(name, *runs):
        bench.row(name, max(run.peak_mb for run in runs), "MB", floor=64, at_most=True)

    row("summary, one job", bench.run(audit(report)))
    for form in ("summary", "table", "csv", "html"):
        row(f"{form}, {jobs} jobs", bench.run(audit(report, jobs=jobs, form=form)))
    row("a report with quoted names", bench.run(audit(setting.quoted, jobs=jobs)))
    row("a gzip report", bench.run(audit(setting.part_gz, jobs=jobs)))
    for form in ("summary", "table"):
        row(f"{setting.reports:,} reports, {form}", bench.run(audit(folder, jobs=jobs, form=form)))
    with subprocess.Popen([BUILD / "generate", "report", str(setting.pipe)],
                          stdout=subprocess.PIPE) as source:
        row(f"{setting.pipe / GB:.1f} GB through a pipe", bench.run(audit("-", jobs=jobs),
                                                                   stdin=source.stdout))
    if setting.peer_python:
        bench.row("DuckDB, one thread", run_duckdb(setting, report).peak_mb, "MB")


GROUPS = {"file": bench_file, "cores": bench_cores, "part": bench_part, "folder": bench_folder,
          "start": bench_start, "memory": bench_memory}

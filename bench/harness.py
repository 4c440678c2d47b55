"""What every group of benchmarks needs: runs on pinned cores, turns, ratios, peers, one table."""
import datetime
import json
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
DATA = BUILD / "data"
PROGRAM = ROOT / "build" / "keywarden"
MB, GB = 10**6, 10**9
OTHERS_MAX = 0.1  # processors that other programs may keep busy in a round that needs two
FLAGS = ["-O2", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wconversion", "-Werror"]


class Broken(Exception):
    """Something that is not about speed went wrong."""


class Run:
    """What one run of a program took."""

    def __init__(self, line, clock):
        self.code, wall, cpu, peak, self.size = (int(word) for word in line.split())
        self.wall, self.cpu = wall / 1e9, cpu / 1e6
        self.peak_mb = peak * 1024 / MB
        self.seconds = self.cpu if clock == "cpu" else self.wall


class Bench:
    """Runs programs, keeps the rows of the table and what a busy machine did to them."""

    def __init__(self, setting):
        self.setting = setting
        self.rows, self.stretch = [], []

    def run(self, command, cpus=None, pipe=False, stdin=None):
        return self.finish(self.start(command, cpus, pipe, stdin), command,
                           cpus is not None and len(cpus) == 1)

    def start(self, command, cpus, pipe=False, stdin=None):
        wrapped = [BUILD / "measure"]
        wrapped += ["-c", ",".join(str(cpu) for cpu in cpus)] if cpus else []
        wrapped += ["-p"] if pipe else []
        return subprocess.Popen(wrapped + command, stdin=stdin or subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process, command, is_single=False):
        out, errors = process.communicate()
        words = " ".join(str(word) for word in command)
        if process.returncode != 0:
            raise Broken(f"{words}: {errors.strip()}")
        run = Run(out, self.setting.clock)
        if run.code not in (0, 1):  # 1: there are findings
            raise Broken(f"{words}: exit code {run.code}: {errors.strip()}")
        if is_single and run.cpu > 0.05:
            self.stretch.append(run.wall / run.cpu)
        return run

    def heading(self, text):
        self.rows.append((text,))

    def row(self, name, figure, unit, ratio=None, of="", floor=None, at_most=False, on_ratio=False,
            is_disturbed=False):
        """One line; `floor` is about the ratio or about the figure. Disturbed: not judged."""
        judged = ratio if on_ratio else figure
        met = "" if floor is None else "busy" if is_disturbed else "yes" \
            if (judged <= floor if at_most else judged >= floor) else "NO"
        limit = "" if floor is None else f"{'<=' if at_most else '>='} {floor:g}" + \
            ("" if on_ratio else f" {unit}")
        self.rows.append((name, number(figure), unit, "" if ratio is None else f"{ratio:.2f}", of,
                          limit, met))
        if sys.stderr.isatty():
            print(f"  {name}: {number(figure)} {unit}", file=sys.stderr)


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def must_agree(what, one, other):
    if one != other:
        different = [f"{key}: {one.get(key)} and {other.get(key)}"
                     for key in sorted(set(one) | set(other)) if one.get(key) != other.get(key)]
        raise Broken(f"{what} disagree: {'; '.join(different)}")


def busy_seconds():
    """Processor time that all programs of the machine have taken, and our own children's."""
    words = pathlib.Path("/proc/stat").read_text().split("\n", maxsplit=1)[0].split()[1:]
    user, nice, system, _, _, irq, softirq, steal = (int(word) for word in words[:8])
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK"), own.ru_utime + own.ru_stime


def disturbance(function):
    """What the function returns, and how many processors others kept busy meanwhile."""
    begin, (all_before, own_before) = time.monotonic(), busy_seconds()
    returned = function()
    (all_after, own_after), took = busy_seconds(), time.monotonic() - begin
    return returned, (all_after - all_before - (own_after - own_before)) / took


def take_turns(rounds, runners):
    """Calls each runner once a round; runners are (name, rounds at most, function)."""
    taken = {name: [] for name, _, _ in runners}
    for turn in range(rounds):
        for name, count, function in runners:
            if turn < count:
                taken[name].append(function())
    return taken


def median_of(runs):
    return statistics.median(run.seconds for run in runs)


def ratio_of(one, other):
    """How many times faster `one` was, round by round."""
    return statistics.median(b.seconds / a.seconds for a, b in zip(one, other))


# The peers


def find_peer():
    python = os.environ.get("PEER_PYTHON", str(ROOT / "build" / "venv" / "bin" / "python3"))
    try:
        done = subprocess.run([python, "-c", "import duckdb; print(duckdb.__version__)"],
                              capture_output=True, text=True)
    except OSError:
        return None
    return (python, done.stdout.strip()) if done.returncode == 0 else None


class PeerRun:
    def __init__(self, line, clock):
        found = json.loads(line)
        self.seconds = found["cpu_seconds" if clock == "cpu" else "seconds"]
        self.peak_mb = found.get("peak_kib", 0) * 1024 / MB
        self.fails = found.get("fails")
        self.figures = found.get("figures", {})


def run_peer(setting, command):
    done = subprocess.run(["taskset", "-c", str(setting.cpus[0]), *command], capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise Broken(f"{command}: {done.stderr.strip()}")
    return PeerRun(done.stdout, setting.clock)


# Inputs


def make_programs():
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("generate", "measure", "ceiling", "trails"):
        source, target = ROOT / "bench" / f"{name}.c", BUILD / name
        if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
            continue
        libraries = {"ceiling": ["-lisal"], "trails": ["-ldeflate", "-lm"]}.get(name, [])
        subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", target, source, *libraries],
                       check=True)


def make_file(path, command):
    if path.exists():
        return
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as out:
        subprocess.run(command, stdout=out, check=True)
    partial.rename(path)


def make_trails(folder, files, mean, spread):
    """Deliveries of CloudTrail, unless they are there from the same generator."""
    mark = f"{(ROOT / 'bench' / 'trails.c').stat().st_mtime} {files} {mean} {spread}"
    stamp = folder.with_suffix(".made")
    if stamp.exists() and stamp.read_text() == mark:
        return
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([BUILD / "trails", folder, str(files), str(mean), str(spread)], check=True)
    stamp.write_text(mark)


# The table


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def print_table(bench, options):
    setting = bench.setting
    load = os.getloadavg()[0]
    print(f"{processor()}, {len(setting.cpus)} processors, Linux {platform.release()}, "
          f"{datetime.date.today().isoformat()}")
    print(f"rounds: {setting.rounds_pair} in `file` and `cores`, {setting.rounds} elsewhere; "
          f"{options.clock} time; inputs in the page cache")
    print()
    header = ("", "figure", "unit", "ratio", "of", "floor", "met")
    lines = [row for row in bench.rows if len(row) > 1]
    width = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]
    for row in [header, *bench.rows]:
        if len(row) == 1:
            print(f"\n{row[0]}")
            continue
        cells = [text.rjust(width[i]) if i in (1, 3) else text.ljust(width[i])
                 for i, text in enumerate(row)]
        print(("  " + "  ".join(cells)).rstrip())
    print()
    missed = sum(1 for line in lines if line[6] == "NO")
    print(f"{sum(1 for line in lines if line[6] == 'yes')} floors met, {missed} missed"
          + (", the rest not judged: others kept the processors busy" if any(
              line[6] == "busy" for line in lines) else ""))
    if bench.stretch:
        stretch = statistics.median(bench.stretch)
        busy = "; others used this machine: see --clock cpu" if stretch > 1.03 else ""
        print(f"runs on one core: wall time is {stretch:.2f} of processor time (median), load "
              f"{load:.1f}{busy}")
    if not setting.peer_python:
        print("DuckDB is not here (scripts/venv duckdb): its rows are missing")

#!/usr/bin/env python3
"""Instructions of the benchmark's cases under callgrind, each as a ratio to those of its floor, and their allocations.

    .ci/instructions.py            fails where a case costs 3 % more than benches/instructions.json says
    .ci/instructions.py --update   writes that file anew; the commit says why

A ratio, because the floor is counted in the same run: another processor, another compiler or another release of the
cryptography moves both. A case that has become 3 % cheaper fails too, so that what was gained is kept.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "benches/instructions.json"
BUDGET = 0.03
FUNCTION = "accept::measure::counted"


def program():
    command = ["cargo", "bench", "--locked", "--bench", "accept", "--no-run", "--message-format=json"]
    output = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    built = [json.loads(line) for line in output.splitlines() if '"compiler-artifact"' in line]
    return next(item["executable"] for item in built if item["target"]["kind"] == ["bench"])


def counted():
    """For each case instructions of its own and of its floor, and allocations."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out"
        command = ["valgrind", "--tool=callgrind", "--collect-atstart=no", f"--toggle-collect={FUNCTION}",
                   f"--dump-after={FUNCTION}", "--callgrind-out-file=out", program(), "--count"]
        run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if run.returncode != 0:
            sys.exit(f"callgrind failed:\n{run.stderr}")
        dumps = sorted(Path(folder).glob("out.*"), key=lambda path: int(path.suffix[1:]))
        totals = [int(re.search(r"^totals: (\d+)", dump.read_text(), re.M)[1]) for dump in dumps]
    names = [line.split() for line in run.stdout.splitlines()]
    if not names or len(totals) != 2 * len(names):
        sys.exit(f"{len(names)} cases, but {len(totals)} counts")
    return {name: {"own": own, "floor": floor, "ratio": round(own / floor, 3), "allocations": int(allocations)}
            for (name, allocations), own, floor in zip(names, totals[::2], totals[1::2])}


def main():
    cases = counted()
    if sys.argv[1:] == ["--update"]:
        BASELINE.write_text(json.dumps(cases, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    if baseline.keys() != cases.keys():
        sys.exit(f"other cases than in {BASELINE.name}: {sorted(baseline.keys() ^ cases.keys())}")
    failed = False
    for name, now in cases.items():
        then = baseline[name]
        change = now["ratio"] / then["ratio"] - 1
        more = now["allocations"] - then["allocations"]
        wrong = abs(change) > BUDGET or abs(more) > max(2, BUDGET * then["allocations"])
        failed |= wrong
        print(f"{name:30} {now['ratio']:6.3f} times its floor ({change:+.1%}), {now['own']:>8} instructions, "
              f"{now['allocations']:>4} allocations ({more:+}){'   <- WRONG' if wrong else ''}")
    sys.exit(1 if failed else 0)


main()

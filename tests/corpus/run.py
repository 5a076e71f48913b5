#!/usr/bin/env python3
"""Runs a SAML library against this corpus.

  run.py [--exceptions FILE] [--family NAME] -- COMMAND…

COMMAND reads one JSON case a line on stdin and writes one JSON verdict a line on stdout, in the same order; README.md has
the fields. A verdict counts as right when it says accept or reject as expected, and, where it accepts, the same name_id, or for
metadata the same entity_id. Codes are this project's own; --codes compares them too.

FILE lists what is known: {"vector": {"skip": "reason"} or {"diverges": "reason"}}, by the name of a vector. Prints each unexpected outcome and a count of all five: pass, skip, known divergence, unexpected failure,
unexpected success. Exit status 1 when one was unexpected.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def cases(family):
    with open(os.path.join(HERE, "index.json"), encoding="utf-8") as file:
        index = json.load(file)
    for entry in index:
        if family in (None, entry["family"]):
            with open(os.path.join(HERE, entry["file"]), encoding="utf-8") as file:
                yield entry, file.read()


def right(expected, verdict, codes):
    fields = [field for field in expected if codes or field != "code"]
    return all(field in verdict and verdict[field] == expected[field] for field in fields)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--exceptions")
    ap.add_argument("--family")
    ap.add_argument("--codes", action="store_true")
    ap.add_argument("command", nargs="+")
    args = ap.parse_args()
    exceptions = {}
    if args.exceptions:
        with open(args.exceptions, encoding="utf-8") as file:
            exceptions = json.load(file)

    outcomes = collections.Counter()
    asked = []
    for entry, line in cases(args.family):
        case = json.loads(line)
        known = exceptions.get(entry["name"], {})
        if "skip" in known:
            outcomes["skip"] += 1
        else:
            asked.append((case, known, line))
    # Not splitlines: a name may hold U+2028.
    answers = subprocess.run(args.command, input="".join(line for _, _, line in asked), stdout=subprocess.PIPE,
                             encoding="utf-8", check=True).stdout.removesuffix("\n").split("\n")
    if len(answers) != len(asked):
        sys.exit(f"{len(asked)} cases, {len(answers)} verdicts")
    for (case, known, _), answer in zip(asked, answers):
        verdict = json.loads(answer)
        is_right = right(case["expected"], verdict, args.codes)
        if "diverges" in known:
            outcome = "unexpected success" if is_right else "known divergence"
        else:
            outcome = "pass" if is_right else "unexpected failure"
        outcomes[outcome] += 1
        if outcome.startswith("unexpected"):
            print(f"{outcome}: {case['id']}: wanted {case['expected']}, got {answer[:300]}")
    for outcome in ("pass", "skip", "known divergence", "unexpected failure", "unexpected success"):
        print(f"{outcome:>20}: {outcomes[outcome]}")
    sys.exit(any(outcomes[outcome] for outcome in ("unexpected failure", "unexpected success")))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Licences, sources and banned crates of the dependency graph, from `cargo metadata` and deny.toml.

A small stand-in for cargo-deny, so that a machine without it still checks the graph:
every crate's SPDX expression must be satisfiable with `licenses.allow`, every crate must
come from the default registry or from this repository, and none may stand in `bans.deny`.
"""
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def satisfied(expression, allowed):
    """Whether an SPDX expression can be met; AND binds tighter than OR, and `/` is the old OR."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def either():
        result = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            right = both()
            result = result or right
        return result

    def both():
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            right = one()
            result = result and right
        return result

    def one():
        token = tokens.pop(0)
        if token == "(":
            result = either()
            if tokens.pop(0) != ")":
                raise ValueError(expression)
            return result
        if tokens and tokens[0] == "WITH":  # an exception only grants more
            tokens.pop(0)
            tokens.pop(0)
        return token in allowed

    result = either()
    if tokens:
        raise ValueError(expression)
    return result


def self_test():
    yes = ["MIT", "MIT/Foo", "Foo OR (MIT AND ISC)", "Apache-2.0 WITH LLVM-exception", "Foo AND Bar OR MIT"]
    no = ["Foo", "MIT AND Foo", "(MIT OR ISC) AND Foo", "GPL-3.0-only"]
    for expression in yes + no:
        assert satisfied(expression, {"MIT", "ISC", "Apache-2.0"}) == (expression in yes), expression


def cargo(*arguments):
    command = ["cargo", *arguments, "--all-features", "--locked"]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def main():
    self_test()
    deny = tomllib.loads((ROOT / "deny.toml").read_text())
    allowed = set(deny["licenses"]["allow"])
    banned = {entry["crate"] for entry in deny["bans"]["deny"]}
    packages = json.loads(cargo("metadata", "--format-version", "1"))["packages"]
    # The lock file also has crates that no feature switches on.
    built = set(cargo("tree", "--target", "all", "--edges", "all", "--prefix", "none", "--format", "{p}").splitlines())
    built = {" v".join(line.split(" v")[:2]).split(" (")[0] for line in built}
    packages = [package for package in packages if f"{package['name']} v{package['version']}" in built]
    wrong = []
    for package in packages:
        name = f"{package['name']} {package['version']}"
        licence = package["license"] or ""
        if not licence or not satisfied(licence, allowed):
            wrong.append(f"{name}: licence {licence or 'not stated'!r} cannot be met with {sorted(allowed)}")
        if package["source"] not in (None, REGISTRY):
            wrong.append(f"{name}: comes from {package['source']}")
        if package["name"] in banned:
            wrong.append(f"{name}: is banned by deny.toml")
    print("\n".join(wrong) or f"{len(packages)} crates: licences, sources and bans are as deny.toml says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

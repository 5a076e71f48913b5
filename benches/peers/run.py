#!/usr/bin/env python3
"""One login by this library and by its peers, side by side: the same message, on one machine, in one run.

    benches/peers/run.py --build    installs and builds; minutes, and as root also the Debian packages that are missing
    benches/peers/run.py --run      measures for about four minutes, and prints a table in Markdown
    benches/peers/run.py --quick    the same in half a minute, with a wider spread

Each peer is a process of its own, configured once. Before it is timed it has accepted the genuine message, naming its user, and
refused the same message with one octet of the signed part changed. The peers take turns, so that what else the machine does, and
a clock that changes, hits all of them. What cannot be built or does not log in is said loudly and left out.
"""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parent.parent / "target/peers"
VENV = WORK / "venv/bin"
OURS = "saml-sp"
# A command that succeeds where the package is there.
DEBIAN = {
    "pkg-config --version": "pkg-config",
    "pkg-config --exists xmlsec1-openssl": "libxmlsec1-dev",
    "ls /usr/lib/llvm-*/lib/libclang.so*": "libclang-dev",
    "xmlsec1 --version": "xmlsec1",
    "python3 -c 'import ensurepip'": "python3-venv",
    "node --version": "nodejs",
    "npm --version": "npm",
}


class Peer:
    def __init__(self, name, what, build, command, version):
        self.name, self.what, self.build, self.command, self.version = name, what, build, command, version


def execute(*command, folder=HERE, **variables):
    subprocess.run(command, cwd=folder, env=os.environ | variables, check=True, stdout=sys.stderr)


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def cargo(folder, copy, *arguments):
    """Builds in a project of its own; the copy is not overwritten by a build with other features."""
    execute("cargo", "build", "--release", *arguments, folder=HERE / folder, CARGO_TARGET_DIR=str(WORK))
    shutil.copy(WORK / "release" / f"peer-{folder}", WORK / copy)


def python():
    execute("python3", "-m", "venv", str(WORK / "venv"))
    execute(str(VENV / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(HERE / "python/requirements.txt"))


def node():
    shutil.copytree(HERE / "node", WORK / "node", dirs_exist_ok=True)
    execute("npm", "ci", "--no-audit", "--no-fund", folder=WORK / "node")


def locked(folder, crate):
    packages = tomllib.loads((HERE / folder / "Cargo.lock").read_text())["package"]
    return next(package["version"] for package in packages if package["name"] == crate)


def installed(package):
    return output(str(VENV / "python"), "-c", f"import importlib.metadata as m; print(m.version('{package}'))")


def system():
    return output("pkg-config", "--modversion", "xmlsec1")


def bundled():
    """python3-saml's libxmlsec1 comes with the package `xmlsec`."""
    return output(str(VENV / "python"), "-c", "import xmlsec; print(*xmlsec.get_libxmlsec_version(), sep='.')")


def module(package):
    return json.loads((WORK / "node/node_modules" / package / "package.json").read_text())["version"]


def ours(name, what, copy, *features):
    # Not `--locked`: what the library depends on changes with it.
    version = lambda: locked("ours", OURS) + (f", libxmlsec1 {system()}" if features else "")
    return Peer(name, what, lambda: cargo("ours", copy, *features), [str(WORK / copy)], version)


def rust(name, what, version=lambda name: locked(name, name)):
    return Peer(name, what, lambda: cargo(name, name, "--locked"), [str(WORK / name)], lambda: version(name))


def script(name, what, file, version):
    if file.endswith(".py"):
        return Peer(name, what, python, [str(VENV / "python"), str(HERE / "python" / file)], version)
    return Peer(name, what, node, ["node", str(WORK / "node" / file)], version)


def peers():
    return [
        ours(OURS, "Rust", OURS),
        ours(f"{OURS}, feature `xmlsec`", "Rust, libxmlsec1", "ours-xmlsec", "--features", "xmlsec"),
        rust("saml", "Rust"),
        rust("samael", "Rust, libxmlsec1", lambda name: f"{locked(name, name)}, libxmlsec1 {system()}"),
        rust("saml-rs", "Rust"),
        script("python3-saml", "Python, libxmlsec1", "python3_saml.py",
               lambda: f"{installed('python3-saml')}, libxmlsec1 {bundled()}"),
        script("pysaml2", "Python, the program xmlsec1", "pysaml2_client.py",
               lambda: f"{installed('pysaml2')}, {' '.join(output('xmlsec1', '--version').split()[:2])}"),
        script("@node-saml/node-saml", "Node.js", "node-saml.js", lambda: module("@node-saml/node-saml")),
        script("samlify", "Node.js", "samlify.js", lambda: module("samlify")),
    ]


def warn(what):
    print(f"\n################ {what}\n", file=sys.stderr, flush=True)


def build():
    """True where everything is there now."""
    missing = [package for check, package in DEBIAN.items()
               if subprocess.run(check, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode]
    complete = True
    if missing:
        try:
            execute("apt-get", "-o", "DPkg::Lock::Timeout=300", "update", "-qq")
            execute("apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "-qq", "--no-install-recommends", *missing,
                    DEBIAN_FRONTEND="noninteractive")
        except (subprocess.CalledProcessError, OSError) as error:
            warn(f"NOT INSTALLED: {', '.join(missing)} ({error})")
            complete = False
    WORK.mkdir(parents=True, exist_ok=True)
    built = {}
    for peer in peers():
        try:
            if peer.build not in built:
                built[peer.build] = None
                peer.build()
        except (subprocess.CalledProcessError, OSError) as error:
            built[peer.build] = error
        if built[peer.build]:
            warn(f"NOT BUILT: {peer.name} ({built[peer.build]})")
            complete = False
    return complete


class Worker:
    """A peer at work. Raises ValueError where it does not log in, or logs in what it must refuse."""

    def __init__(self, peer, folder):
        self.peer = peer
        self.medians = []
        self.log = open(WORK / f"{peer.command[-1].rsplit('/', 1)[-1]}.log", "w+")
        self.process = subprocess.Popen([*peer.command, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        accepted, refused = self.line(), self.line()
        if accepted != "accepts alice" or not refused.startswith("refuses "):
            raise ValueError(f"it says {accepted!r}, then {refused!r}")
        print(f"{peer.name}: {accepted}; {refused[:120]}", file=sys.stderr, flush=True)

    def line(self):
        line = self.process.stdout.readline().strip()
        if not line:
            self.process.wait()
            self.log.seek(0)
            raise ValueError(f"it ended: {' '.join(self.log.read().split())[-300:]}")
        return line

    def turn(self, count):
        """The seconds of so many validations, one by one."""
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return [int(time) / 1e9 for time in self.line().split()]

    def warm_up(self, seconds):
        """Long enough for what compiles while it runs."""
        end = time.monotonic() + seconds
        count = 1
        while time.monotonic() < end:
            each = statistics.median(self.turn(count))
            count = max(1, min(int(0.1 / each), count * 4))
        self.each = each


def left_out(without, peer, error):
    without.append(f"{peer.name}: {error}")
    warn(f"LEFT OUT: {peer.name}: {error}")


def run(rounds, slot, warm):
    load = os.getloadavg()[0]
    workers, without = [], []
    with tempfile.TemporaryDirectory() as folder:
        message = output(str(WORK / OURS), folder, "make")
        for peer in peers():
            try:
                workers.append(Worker(peer, folder))
                workers[-1].warm_up(warm)
            except FileNotFoundError:
                left_out(without, peer, "it is not built")
            except (ValueError, OSError) as error:
                left_out(without, peer, error)
                workers = [worker for worker in workers if worker.peer is not peer]
        for number in range(rounds):
            # Each time another one begins, so that nobody always follows the same one.
            for at in range(len(workers)):
                worker = workers[(number + at) % len(workers)]
                worker.medians.append(statistics.median(worker.turn(max(1, int(slot / worker.each)))))
            print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        for worker in workers:
            worker.process.stdin.close()
            worker.process.wait()
    table = "\n".join(lines(workers, without, message, rounds, load))
    (WORK / "table.md").write_text(table + "\n")
    print(table)
    return not without


def lines(workers, without, message, rounds, load):
    processor = next((line.split(": ", 1)[1] for line in Path("/proc/cpuinfo").read_text().splitlines()
                      if line.startswith("model name")), platform.machine())
    tools = ", ".join(" ".join(output(*command, "--version").split()[:2])
                      for command in (["rustc"], [str(VENV / "python")], ["node"]) if shutil.which(command[0]))
    tools = tools.replace(", v", ", Node.js ")
    yield f"{processor}, {os.cpu_count()} cores, load {load:.1f} before it began; {tools}; {message};"
    yield f"{rounds} rounds, medians, and the middle half of the rounds."
    yield ""
    yield "| library | version | made of | one login | middle half | times ours |"
    yield "|---|---|---|---|---|---|"
    ours = next(worker for worker in workers if worker.peer.name == OURS).medians
    for worker in sorted(workers, key=lambda worker: statistics.median(worker.medians)):
        low, middle, high = statistics.quantiles(worker.medians, n=4)
        ratio = statistics.median(theirs / our for theirs, our in zip(worker.medians, ours))
        yield (f"| {worker.peer.name} | {worker.peer.version()} | {worker.peer.what} | {milliseconds(middle)} ms "
               f"| {milliseconds(low)} to {milliseconds(high)} | {ratio:.{1 if ratio < 20 else 0}f} |")
    for reason in without:
        yield f"\nNot in the table: {reason}"


def milliseconds(seconds):
    return f"{seconds * 1e3:.3f}" if seconds < 1e-3 else f"{seconds * 1e3:.2f}" if seconds < 1e-2 else f"{seconds * 1e3:.1f}"


def main():
    steps = {"--build": build, "--run": lambda: run(40, 0.5, 2.0), "--quick": lambda: run(6, 0.2, 1.0)}
    if not sys.argv[1:] or any(word not in steps for word in sys.argv[1:]):
        sys.exit(__doc__)
    sys.exit(0 if all([steps[word]() for word in sys.argv[1:]]) else 1)


main()

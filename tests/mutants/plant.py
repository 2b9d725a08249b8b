"""Plants faults, one at a time, in a copy of the work tree, and runs the tests that have to catch each: `make mutants`.

    python tests/mutants/plant.py [part of a fault's name ...]

`faults.toml` beside this file lists them. A fault has a name, a file, the text to replace, which occurs in the file
exactly once, the text that takes its place, and tests: a file or file::function for pytest, or a chapter, which is run
at smoke scale. All tests have to pass on a copy without faults. Then each fault is planted alone, and is caught if its
tests fail. The exit code is 1 if one is missed, if a patch no longer applies, or if tests break where they should fail.
Kernels are compiled anew for every fault in them, so that all of it takes an hour or two.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).with_name("faults.toml")
PASSED, FAILED = 0, 1  # pytest's exit codes; all others say that tests could not be run
LIMIT = 1800  # seconds for the tests of one fault


@dataclass(frozen=True)
class Fault:
    """A patch and the tests that have to catch it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def patched(self, root: Path) -> str:
        """The file's text with the fault; ValueError where the patch does not apply."""
        path = root / self.file
        if not path.is_file():
            raise ValueError(f"{self.file} is not there")
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"the text to replace occurs {text.count(self.old)} times in {self.file}, not once")
        if self.old == self.new:
            raise ValueError("it changes nothing")
        return text.replace(self.old, self.new)


def faults(path: Path = FAULTS) -> list[Fault]:
    """All faults of the list; ValueError for one without tests, and where two have one name."""
    with path.open("rb") as file:
        listed = [Fault(**{**entry, "tests": tuple(entry["tests"])}) for entry in tomllib.load(file)["fault"]]
    names = [fault.name for fault in listed]
    for fault in listed:
        if not fault.tests or names.count(fault.name) > 1:
            raise ValueError(f"fault {fault.name!r}: it needs tests, and a name of its own")
    return listed


def problems(fault: Fault, root: Path = ROOT) -> list[str]:
    """Why this fault cannot be planted in the tree under `root`, or not be caught; empty if it can."""
    found = []
    try:
        ast.parse(fault.patched(root))
    except (ValueError, SyntaxError) as error:
        found.append(str(error))
    for test in fault.tests:
        file, _, function = test.partition("::")
        path = root / file
        if not path.is_file():
            found.append(f"{file} is not there")
        elif function:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if function not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
                found.append(f"{file} has no {function}")
    return found


def copy(root: Path, destination: Path) -> None:
    """The files of the work tree that git knows or would know, or where there is no git, all but what is built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        built = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache")
        shutil.copytree(root, destination, ignore=built, dirs_exist_ok=True)
        return
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, destination / name)


@contextmanager
def planted(fault: Fault, root: Path) -> Iterator[None]:
    """The fault, in the tree under `root`, for as long as the context lasts."""
    path = root / fault.file
    sound, text = path.read_bytes(), fault.patched(root)
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(sound)


def run(tests: Sequence[str], root: Path) -> tuple[int, str]:
    """PASSED, FAILED, or another code, of these tests in the tree under `root`, and what they printed."""
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"} | {
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "book")]),
        # Two faults of one length within a second look alike to the cache of compiled modules.
        "PYTHONDONTWRITEBYTECODE": "1",
        **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")},
    }
    chapters = [test for test in tests if test.startswith("book/chapters/")]
    commands = [["spinbook", "run", chapter, "--scale", "smoke"] for chapter in chapters]
    if rest := [test for test in tests if test not in chapters]:
        commands.append(["pytest", "-q", "-x", *rest])
    code, printed = PASSED, ""
    for command in commands:
        try:
            done = subprocess.run(
                [sys.executable, "-m", *command],
                cwd=root,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LIMIT,
            )
        except subprocess.TimeoutExpired:
            return 124, f"the tests took more than {LIMIT} seconds"
        printed = done.stdout + done.stderr
        code = done.returncode
        if code != PASSED:
            break
    return code, printed


def main(wanted: Sequence[str]) -> int:
    """Plant the faults whose names hold one of these texts, or all; the exit code."""
    chosen = [fault for fault in faults() if not wanted or any(text in fault.name for text in wanted)]
    if not chosen:
        print(f"no fault has {' or '.join(map(repr, wanted))} in its name", file=sys.stderr)
        return 1
    unlike = {fault.name: found for fault in chosen if (found := problems(fault))}
    for name, found in unlike.items():
        print(f"does not apply: {name}: {'; '.join(found)}")
    chosen = [fault for fault in chosen if fault.name not in unlike]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder)
        copy(ROOT, root)
        tests = list(dict.fromkeys(test for fault in chosen for test in fault.tests))
        print(f"{len(tests)} tests of {len(chosen)} faults, without any fault:", flush=True)
        code, printed = run(tests, root)
        if code != PASSED:
            print(f"{printed[-3000:]}\nthey do not pass as they stand: nothing was planted")
            return 1
        outcomes = []
        for fault in chosen:
            begin = time.monotonic()
            with planted(fault, root):
                code, printed = run(fault.tests, root)
            outcome = {PASSED: "MISSED", FAILED: "caught"}.get(code, f"BROKEN ({code})")
            outcomes.append(outcome)
            print(f"{outcome:8s} {time.monotonic() - begin:6.0f} s  {fault.name}", flush=True)
            if outcome.startswith("BROKEN"):
                print(printed[-1500:])
    caught = outcomes.count("caught")
    print(f"{caught} of {len(chosen)} planted faults caught, {len(unlike)} patches do not apply")
    return 0 if caught == len(chosen) and not unlike else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

import os
import signal
import subprocess
import sys

import pytest

from spinbook import lock

HOLD = """
import sys, time
from pathlib import Path
from spinbook import lock
with lock.held(Path(sys.argv[1]), "the other"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a folder's name" / "build" / "lock"


@pytest.fixture
def other(path):
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def locked(path, *command):
    """What the Makefile does."""
    arguments = [sys.executable, "-I", lock.__file__, str(path), "make book", *command]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60)


def test_a_lock_is_held_by_one_process_and_released_by_its_end(path, other):
    with pytest.raises(lock.Busy, match=rf"the other \(process {other.pid}\) is at work in {path.parents[1]}: "):
        lock.acquire(path, "mine", patience=0.0)
    other.send_signal(signal.SIGKILL)
    other.wait()
    with lock.held(path, "mine"):
        assert path.read_text() == f"mine (process {os.getpid()})\n"
    with lock.held(path, "mine again"):
        pass


def test_a_command_is_not_run_beside_the_holder(path, other, tmp_path):
    done = locked(path, "touch", str(tmp_path / "done"))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"make book: the other (process {other.pid}) is at work in ")
    assert not (tmp_path / "done").exists()


def test_a_command_holds_the_lock_with_its_children_and_takes_it_again_inside(path):
    again = [sys.executable, "-I", lock.__file__, str(path), "make .venv", "echo", "inside"]
    assert locked(path, *again).stdout == "inside\n"
    asking = (
        f"from pathlib import Path; from spinbook import lock; lock.acquire(Path({str(path)!r}), 'x', patience=0.0)"
    )
    done = locked(path, "sh", "-c", '"$@"; exit 7', "sh", sys.executable, "-c", asking)
    assert done.returncode == 7
    assert "Busy: make book (process " in done.stderr


def test_another_lock_may_be_taken_inside(path):
    inside = [sys.executable, "-I", lock.__file__, str(path.with_name("bench.lock")), "make bench", "echo", "inside"]
    assert locked(path, *inside).stdout == "inside\n"
    assert path.with_name("bench.lock").read_text().startswith("make bench ")


def test_a_lock_on_a_removed_file_counts_for_nothing(path):
    done = locked(path, "rm", "-r", str(path.parent))
    assert done.returncode == 0
    assert not path.exists()
    with lock.held(path, "mine"):
        assert path.exists()


def test_the_exit_code_is_the_commands(path):
    assert locked(path, "sh", "-c", "exit 3").returncode == 3

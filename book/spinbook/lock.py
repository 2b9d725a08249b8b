"""One at a time: a lock on a file, which the kernel releases when its holder ends, however it ends.

The Makefile runs `python book/spinbook/lock.py FILE NAME COMMAND...` before anything is installed, so this file needs
the standard library only, and no package around it. NAME says what is done ("make book"). The command and all that it
starts hold the lock; a command that takes the same lock again inside goes on.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a Unix system: no lock
    fcntl = None  # type: ignore[assignment]

# The locks that this process holds through the one that started it, joined by os.pathsep.
HELD = "SPINBOOK_LOCKS"
# The children of a build that was killed this moment may still be dying.
PATIENCE = 2.0


class Busy(RuntimeError):
    """Somebody else does what must be done by one at a time; the message says who."""


def acquire(path: Path, name: str, patience: float = PATIENCE) -> int | None:
    """The open descriptor of the locked file `path`, which says who holds it; None where locks are not possible.

    name: what is done under the lock, for the message of others. patience: how many seconds to try.
    Raises Busy where another process holds the lock.
    """
    if fcntl is None:
        return None
    deadline = time.monotonic() + patience
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            os.close(descriptor)
            if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):  # a file system without locks
                return None
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            if time.monotonic() > deadline:
                who = holder or "another process"
                raise Busy(f"{who} is at work in {folder_of(path)}: let it end, or stop it") from None
            time.sleep(0.05)
            continue
        with contextlib.suppress(FileNotFoundError):
            # `make clean` removes the file with its folder, and a lock on a removed file keeps nobody out.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{name} (process {os.getpid()})\n".encode(), 0)
                return descriptor
        os.close(descriptor)


def folder_of(path: Path) -> Path:
    """The project's folder: the one that holds build/."""
    path = path.absolute()
    return next((parent.parent for parent in path.parents if parent.name == "build"), path.parent)


@contextlib.contextmanager
def held(path: Path, name: str) -> Iterator[None]:
    """Hold the lock for a `with` block; raises Busy at once where another process holds it."""
    descriptor = acquire(path, name, patience=0.0)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def main(arguments: list[str]) -> int:
    """Become COMMAND with the lock held; one line and exit code 1 where another process holds it."""
    path, name, *command = arguments
    resolved = str(Path(path).resolve())
    already = os.environ.get(HELD, "").split(os.pathsep)
    if resolved not in already:
        try:
            descriptor = acquire(Path(path), name)
        except Busy as busy:
            print(f"{name}: {busy}", file=sys.stderr)
            return 1
        if descriptor is not None:
            os.set_inheritable(descriptor, True)
            os.environ[HELD] = os.pathsep.join([*filter(None, already), resolved])
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Compiled functions of spinlib, kept on disk by numba under a key that holds the source of every kernel.

numba notices an edit of the file in which a compiled function stands, but no edit of a function that it calls in
another file. After an update old and new kernels could be mixed. So the name of the cache folder is a digest of all
sources of the library: changed sources use another folder.

The folder lies in NUMBA_CACHE_DIR if that is set, else in the user's folder for caches. Where neither can be written,
functions are compiled anew in each process, and one warning says so.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit` with these options and the cache of spinlib. `cache=True` is accepted."""

    def compiled(function: Callable[..., Any]) -> Any:
        folder = cache_folder()
        if folder is None:
            return numba.njit(**options | {"cache": False})(function)
        # numba reads the setting when it decorates. It is restored, because functions of the user have their own cache.
        settings: Any = numba.config
        before = settings.CACHE_DIR
        settings.CACHE_DIR = str(folder)
        try:
            return numba.njit(**options | {"cache": True})(function)
        finally:
            settings.CACHE_DIR = before

    return compiled


@functools.cache
def cache_folder() -> Path | None:
    """The folder of compiled functions; None, with a warning, where no folder can be written."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    candidates = [Path(named)] if named else _default_folders()
    for candidate in candidates:
        folder = candidate / f"spinlib-{source_digest()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    warnings.warn(
        "spinlib compiles its kernels anew in every process, because "
        + (f"{candidates[0]} cannot be written" if candidates else "this user has no home folder")
        + ": set NUMBA_CACHE_DIR to a folder that can be written",
        RuntimeWarning,
        stacklevel=2,
    )
    return None


@functools.cache
def source_digest() -> str:
    """16 hexadecimal digits of the sha256 of spinlib's source files."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _default_folders() -> list[Path]:
    """The user's folder for caches, as each platform has it; none where the user has no home."""
    if sys.platform == "win32":
        named = os.environ.get("LOCALAPPDATA")
    else:
        named = os.environ.get("XDG_CACHE_HOME")
    if named:
        return [Path(named) / "spinlib"]
    try:
        home = Path.home()
    except RuntimeError:
        return []
    return [home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "spinlib"]

"""The cache of compiled functions: its folder follows the sources, and its absence stops nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import spinlib
from spinlib import compilation

PACKAGE = Path(spinlib.__file__).parent
RUN = "from spinlib.samplers.random import streams, next_float; print(next_float(streams(0, 'x', 0, 1)[0]))"


def run(folder, code=RUN, **environment):
    """Output and warnings of a new process that imports the spinlib of `folder`."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_an_edited_kernel_is_compiled_anew_though_its_callers_are_not_edited(tmp_path):
    source, cache = tmp_path / "library", tmp_path / "cache"
    shutil.copytree(PACKAGE, source / "spinlib", ignore=shutil.ignore_patterns("__pycache__"))
    # `twice` calls a function of another file, which numba does not watch.
    caller = source / "spinlib" / "caller.py"
    callee = source / "spinlib" / "callee.py"
    caller.write_text(
        "from spinlib.callee import number\n"
        "from spinlib.compilation import njit\n\n"
        "@njit(cache=True)\ndef twice():\n    return 2 * number()\n"
    )
    callee.write_text("from spinlib.compilation import njit\n\n@njit(cache=True)\ndef number():\n    return 3\n")
    code = "from spinlib.caller import twice; print(twice(), sum(twice.stats.cache_hits.values()))"
    assert run(source, code, NUMBA_CACHE_DIR=str(cache))[0].split() == ["6", "0"]
    assert run(source, code, NUMBA_CACHE_DIR=str(cache))[0].split() == ["6", "1"]
    callee.write_text(callee.read_text().replace("return 3", "return 5"))
    assert run(source, code, NUMBA_CACHE_DIR=str(cache))[0].split() == ["10", "0"]


def test_the_digest_changes_with_every_file_and_with_its_name(tmp_path, monkeypatch):
    def digest():
        compilation.source_digest.cache_clear()
        return compilation.source_digest()

    monkeypatch.setattr(compilation, "__file__", str(tmp_path / "compilation.py"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "kernel.py").write_text("a = 1")
    first = digest()
    assert digest() == first
    (tmp_path / "deep" / "kernel.py").write_text("a = 2")
    second = digest()
    (tmp_path / "deep" / "kernel.py").rename(tmp_path / "deep" / "other.py")
    third = digest()
    assert len({first, second, third}) == 3
    compilation.source_digest.cache_clear()


@pytest.mark.parametrize("named", ["NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME"])
def test_without_a_writable_folder_kernels_are_compiled_and_one_warning_names_the_variable(tmp_path, named):
    blocked = tmp_path / "file"
    blocked.write_text("no folder can be made below a file")
    expected, _ = run(PACKAGE.parent, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    output, warnings = run(PACKAGE.parent, **{named: str(blocked)})
    assert output == expected
    assert warnings.count("RuntimeWarning") == 1
    assert "NUMBA_CACHE_DIR" in warnings


def test_functions_of_the_user_keep_their_own_cache(tmp_path):
    code = "import numba; before = numba.config.CACHE_DIR; import spinlib.samplers.random; "
    code += "print(numba.config.CACHE_DIR == before)"
    assert run(PACKAGE.parent, code, NUMBA_CACHE_DIR=str(tmp_path))[0].strip() == "True"

"""What the page on clusters shows is run, as far as one machine can."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "book" / "cluster.md").read_text(encoding="utf-8")
LOCAL, SLURM = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
COMPARE = '    assert draws.identical(sweep()), "the blocks that are stored"\n'
ALONE = """
    import shutil
    shutil.rmtree("finished_blocks")
    assert draws.identical(sweep()), "computed without an executor"
"""


def test_the_local_script_runs_and_gives_the_samples_of_one_process(tmp_path):
    pytest.importorskip("distributed", reason="distributed is not installed: pip install spinlib[cluster]")
    script = tmp_path / "sweep.py"
    script.write_text(LOCAL + COMPARE + ALONE)
    done = subprocess.run([sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "19200/19200" in done.stderr
    energies = [float(number) for number in done.stdout.strip(" []\n").split()]
    assert len(energies) == 4
    assert energies == sorted(energies)


def test_three_lines_replace_the_local_cluster():
    assert len([line for line in SLURM.splitlines() if line]) == 3
    imported, rest = SLURM.split("\n\n")
    (local,) = re.findall(r"^    cluster = LocalCluster.*\n", LOCAL, flags=re.MULTILINE)
    compile(imported + "\n" + LOCAL.replace(local, indent(rest, "    ")), "sweep.py", "exec")

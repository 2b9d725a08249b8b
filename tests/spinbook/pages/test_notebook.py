import json
import os
import subprocess
import sys

import pytest

from spinbook import layout
from spinbook.pages import notebook


def test_the_same_chapter_gives_the_same_bytes(demo):
    text = notebook.notebook_text("demo/coin")
    assert text == notebook.notebook_text("book/chapters/demo/coin.py")
    content = json.loads(text)
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(cell["outputs"] == [] for cell in content["cells"] if cell["cell_type"] == "code")
    assert [cell["metadata"].get("tags") for cell in content["cells"][:3]] == [None, ["colab"], ["parameters"]]


def test_papermill_sees_the_parameters(demo):
    import papermill

    notebook.write("demo/coin", demo / "coin.ipynb")
    assert set(papermill.inspect_notebook(demo / "coin.ipynb")) == {"scale", "device", "store"}


def test_a_scale_is_set_behind_the_parameters(demo):
    cells = json.loads(notebook.notebook_text("demo/coin", "paper"))["cells"]
    at = [cell["metadata"].get("tags") for cell in cells].index(["parameters"])
    assert cells[at + 1]["metadata"]["tags"] == ["injected-parameters"]
    namespace = {}
    for cell in cells[at : at + 2]:
        exec("".join(cell["source"]), namespace)
    assert namespace["scale"] == "paper"
    # The rest is the chapter's.
    without = json.loads(notebook.notebook_text("demo/coin"))["cells"]
    assert [cell["source"] for cell in cells[: at + 1] + cells[at + 2 :]] == [cell["source"] for cell in without]


def test_a_chapter_that_does_not_take_the_parameters_is_refused(demo):
    path = demo / "book" / "chapters" / "demo" / "coin.py"
    path.write_text(path.read_text().replace("store = False", "stores = False"))
    with pytest.raises(ValueError, match="parameters cell of chapter demo/coin lacks store"):
        notebook.write("demo/coin", demo / "coin.ipynb")
    assert not (demo / "coin.ipynb").exists()


def test_the_colab_cell_does_nothing_elsewhere(demo):
    namespace = {}
    exec(notebook.COLAB_CELL.replace("{repository}", layout.repository()), namespace)
    assert "subprocess" not in namespace


PIP = """#!/bin/sh
# Stands for Colab's interpreter: installs what is there, unless the network is down.
echo "$@" >> "$CONTENT/calls"
[ ! -e "$CONTENT/down" ] || exit 1
cp -r "$CONTENT/spinlib/book/spinbook" "$CONTENT/site"
"""
COLAB = """
import os, sys, types
sys.modules["google.colab"] = types.ModuleType("google.colab")
content = os.environ["CONTENT"]
os.chdir(content)
sys.path[:0] = ["", content + "/site"]
sys.executable = content + "/python"
exec(os.environ["CELL"])
import spinbook
assert os.getcwd() == content + "/spinlib"
"""


@pytest.fixture
def colab(tmp_path):
    """A machine like Colab, with the repository to clone; returns what runs the cell there."""
    content, repository = tmp_path / "content", tmp_path / "repository"
    (content / "site").mkdir(parents=True)
    for package in ("spinlib", "book/spinbook"):
        (repository / package).mkdir(parents=True)
        (repository / package / "__init__.py").touch()
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "m"]):
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=repository, check=True)
    (content / "python").write_text(PIP)
    (content / "python").chmod(0o755)

    def run():
        cell = notebook.COLAB_CELL.replace("{repository}", str(repository)).replace("/content", str(content))
        variables = {"PATH": os.environ["PATH"], "CONTENT": str(content), "CELL": cell}
        command = [sys.executable, "-S", "-c", COLAB]
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)

    return content, repository, run


def test_the_colab_cell_clones_and_installs_once(colab):
    content, _, run = colab
    for _ in range(2):
        done = run()
        assert done.returncode == 0, done.stderr
    assert (content / "calls").read_text().splitlines() == [f"-m pip install -q {content}/spinlib"]


def test_the_colab_cell_installs_again_what_failed(colab):
    content, _, run = colab
    (content / "down").touch()
    for calls in (1, 2):
        done = run()
        assert done.returncode != 0
        assert "CalledProcessError" in done.stderr
        assert len((content / "calls").read_text().splitlines()) == calls
    (content / "down").unlink()
    done = run()
    assert done.returncode == 0, done.stderr


def test_the_colab_cell_clones_again_what_was_cut_off(colab):
    content, repository, run = colab
    (content / "spinlib.part" / ".git").mkdir(parents=True)
    repository.rename(repository.with_name("away"))
    assert run().returncode != 0
    assert not (content / "spinlib").exists()
    repository.with_name("away").rename(repository)
    done = run()
    assert done.returncode == 0, done.stderr

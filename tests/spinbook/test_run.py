import sys

import pytest

from spinbook import run
from spinbook.chapter import MODE
from spinbook.record import RecordError


def test_cells_are_split_with_tags_and_lines():
    text = '# ---\n# header\n# %% [markdown]\n# text\n# %% tags=["a", "b"]\nx = 1\n\n# %%\ny = 2\n'
    cells = run.code_cells(text)
    assert [(cell.source.strip(), set(cell.tags), cell.line) for cell in cells] == [
        ("x = 1", {"a", "b"}, 6),
        ("y = 2", set(), 9),
    ]


def test_recording_needs_neither_jupyter_nor_matplotlib_nor_yaml(demo):
    code = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"IPython", "ipykernel", "jupytext", "papermill", "nbformat", "matplotlib", "yaml"}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
from spinbook.__main__ import main
sys.exit(main(["run", "demo/coin", "--scale", "paper", "--record"]))
"""
    import subprocess

    subprocess.run([sys.executable, "-c", code], cwd=demo, check=True, timeout=60)
    assert (demo / "book" / "records" / "demo" / "coins.json").exists()


def test_without_record_nothing_is_stored(demo):
    run.run("demo/coin", "smoke", "cpu", record=False)
    assert not (demo / "book" / "records").exists()
    assert MODE.get() == "show"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("demo/coins", "smoke", "cpu", False), "unknown chapter 'demo/coins'"),
        (("demo/coin", "recorded", "cpu", False), "unknown scale 'recorded'"),
        (("demo/coin", "smoke", "tpu", False), "unknown device 'tpu'"),
        (("demo/coin", "smoke", "cpu", False, {"bias": 1}), "unknown parameter bias.*device, scale, store"),
    ],
)
def test_bad_input_is_one_error_before_anything_runs(demo, arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        run.run(*arguments)
    assert not hasattr(caught.value, "__notes__")


def test_an_error_of_the_chapter_says_where(demo):
    path = demo / "book" / "chapters" / "demo" / "bad.py"
    path.write_text('# %% tags=["parameters"]\nscale = device = store = 0\n# %%\n1 / 0\n')
    with pytest.raises(ZeroDivisionError) as caught:
        run.run("demo/bad", "smoke", "cpu", record=False)
    assert caught.value.__notes__ == [f"in {path}, cell at line 4"]
    assert caught.traceback[-1].lineno == 3  # counted from zero


def test_a_chapter_without_parameters_cell_is_refused(demo):
    (demo / "book" / "chapters" / "demo" / "bad.py").write_text("# %%\nx = 1\n")
    with pytest.raises(ValueError, match="one cell tagged parameters, it has 0"):
        run.run("demo/bad", "smoke", "cpu", record=False)


def test_an_audit_recomputes_and_compares(demo):
    run.run("demo/coin", "paper", "cpu", record=True)
    assert run.audit("cpu") == "demo/coins"
    path = demo / "book" / "chapters" / "demo" / "coin.py"
    path.write_text(path.read_text().replace("< bias", "< bias + 0.1"))
    with pytest.raises(RecordError, match=r"demo/coins: mean.* disagrees"):
        run.audit("cpu", "demo/coins")
    assert MODE.get() == "show"


def test_an_audit_of_nothing_or_of_an_unknown_record_is_refused(demo):
    with pytest.raises(ValueError, match="no record is shipped"):
        run.audit("cpu")
    run.run("demo/coin", "paper", "cpu", record=True)
    with pytest.raises(ValueError, match="unknown record 'demo/dice': choose from demo/coins"):
        run.audit("cpu", "demo/dice")

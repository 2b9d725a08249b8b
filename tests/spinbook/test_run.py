import json
import re
import sys

import pytest

from spinbook import run
from spinbook.records import storage
from spinbook.records.record import RecordError


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


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("demo/coins", ["demo/coins"]),
        ("book/experiments/demo/coins.py", ["demo/coins"]),
        ("demo/coin", ["demo/coins", "demo/gpu"]),
        ("book/chapters/demo/coin.py", ["demo/coins", "demo/gpu"]),
    ],
)
def test_a_name_is_a_record_or_all_of_a_chapter(demo, name, made):
    assert run.resolve(name, demo) == made
    assert run.resolve(str(demo / name), demo) == made if name.startswith("book") else True


def test_where_both_have_a_name_it_is_the_record(demo):
    chapters = demo / "book" / "chapters" / "demo"
    (chapters / "coin.py").rename(chapters / "coins.py")
    assert run.resolve("demo/coins", demo) == ["demo/coins"]
    assert run.resolve("book/chapters/demo/coins.py", demo) == ["demo/coins", "demo/gpu"]


def test_a_run_says_what_it_made_and_leaves_out_what_needs_another_device(demo, capsys):
    run.run("demo/coin", "paper", "cpu", record=True)
    assert re.fullmatch(r"demo/coins: paper scale, \d+ ms\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("demo/dice", "smoke", "cpu", False), "unknown record or chapter 'demo/dice'"),
        (("demo/coin", "recorded", "cpu", False), "unknown scale 'recorded'"),
        (("demo/coin", "smoke", "tpu", False), "unknown device 'tpu'"),
    ],
)
def test_bad_input_is_one_error_before_anything_runs(demo, arguments, message):
    with pytest.raises(ValueError, match=message):
        run.run(*arguments)


def test_without_yaml_the_text_of_the_claims_is_kept(demo, execute, monkeypatch):
    claims = demo / "book" / "claims" / "demo.yml"
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "yaml", None)
        run.run("demo/coin", "paper", "cpu", record=True)
    assert json.loads((demo / "book/records/demo/coins.json").read_text())["claims"] == claims.read_text()
    claims.write_text(claims.read_text().replace("tolerance: 0.01", "tolerance: 0.1"))
    chapter = execute("recorded")["chapter"]
    changed = {name: row["changed"] for name, row in chapter.rows.items() if row["changed"]}
    assert changed == {"fig1/fair": "tolerance was 0.01 when record coins was made"}


def test_an_audit_recomputes_and_compares(demo, capsys):
    run.run("demo/coin", "paper", "cpu", record=True)
    same = "demo/coins: 3 numbers with errors, 100.0 % within two errors (95 % expected), rms 0.00, largest 0.0"
    same += "; 3 exact ones"
    assert run.audit("cpu") == same
    listed = capsys.readouterr().out
    assert re.search(
        r"  demo/coins: \d+ ms on .*, paper scale\naudit of demo/coins: paper scale, its own seed, ", listed
    )
    assert run.audit("cpu", "demo/coins", 7) != same
    assert run.audit("cpu", "demo/coins", 7) == run.audit("cpu", "demo/coins", 7) != run.audit("cpu", "demo/coins", 8)
    assert "records that can be recomputed" not in capsys.readouterr().out
    path = demo / "book" / "experiments" / "demo" / "coins.py"
    path.write_text(path.read_text().replace("< bias", "< bias + 0.1"))
    for seed in (None, 7):
        with pytest.raises(RecordError, match=r"demo/coins: 3 numbers .*; mean disagree .*: mean\[0\] = 0\.[34]"):
            run.audit("cpu", "demo/coins", seed)


def test_numbers_edited_together_with_both_checksums_load_but_fall_in_the_audit(demo, execute):
    run.run("demo/coin", "paper", "cpu", record=True)
    path = demo / "book" / "records" / "demo" / "coins.json"
    content = json.loads(path.read_text())
    arrays = storage.from_npz(path.with_suffix(".npz").read_bytes())
    arrays["mean"] = arrays["mean"] + 0.05
    path.with_suffix(".npz").write_bytes(storage.to_npz(arrays))
    content["sha256"] = storage.sha256(path.with_suffix(".npz").read_bytes())
    del content["checksum"]
    content["checksum"] = storage.sha256(storage.canonical(content).encode())
    path.write_text(storage.canonical(content))
    execute("recorded")
    with pytest.raises(RecordError, match="mean disagree"):
        run.audit("cpu", "demo/coins")


def test_a_commit_chooses_one_of_the_records_that_are_made_fast(demo):
    run.run("demo/coin", "paper", "cpu", record=True)
    for name, seconds in (("dice", 119.0), ("cards", 121.0)):
        text = (demo / "book/records/demo/coins.json").read_text()
        meta = json.loads(text) | {"wall_time": seconds}
        (demo / f"book/records/demo/{name}.json").write_text(json.dumps(meta))
    chosen = [run.of_commit(f"{k:040x}") for k in range(4)]
    assert chosen == ["demo/coins", "demo/dice"] * 2
    assert run.of_commit("1" + "0" * 39 + "+changes") == run.of_commit("1" + "0" * 39)
    assert run.of_commit(None) == "demo/coins"
    with pytest.raises(ValueError, match="no record was made in at most 0 s"):
        run.of_commit(None, 0)


def test_a_refresh_keeps_new_smoke_runs_and_refuses_what_is_stale(demo, capsys):
    with pytest.raises(ValueError, match="no record is shipped"):
        run.refresh()
    run.run("demo/coin", "paper", "cpu", record=True)
    arrays = (demo / "book/records/demo/coins.npz").read_bytes()
    path = demo / "book" / "experiments" / "demo" / "coins.py"
    text = path.read_text()
    path.write_text(text.replace("(run.seed, i)", "(run.seed, i, 1)"))  # other random numbers of the same law
    capsys.readouterr()
    run.refresh()
    assert capsys.readouterr().out.startswith("demo/coins: rewritten, within errors of the old one\n")
    run.refresh(["demo/coin"])
    assert capsys.readouterr().out.startswith("demo/coins: unchanged\n")
    assert (demo / "book/records/demo/coins.npz").read_bytes() == arrays
    path.write_text(text + "VERSION = 2\n")
    with pytest.raises(RecordError, match="demo/coins is stale"):
        run.refresh()


def test_an_audit_of_nothing_or_of_an_unknown_record_is_refused(demo):
    with pytest.raises(ValueError, match="no record is shipped"):
        run.audit("cpu")
    run.run("demo/coin", "paper", "cpu", record=True)
    with pytest.raises(ValueError, match="unknown record 'demo/dice': choose from demo/coins"):
        run.audit("cpu", "demo/dice")

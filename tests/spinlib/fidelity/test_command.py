"""`python -m spinlib.fidelity`, the page and the JSON."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.fidelity import report
from spinlib.fidelity.__main__ import main
from spinlib.files import write_npz
from spinlib.models import Ising

MODEL = Ising((4, 4))


@pytest.fixture
def spins():
    law = enumeration.boltzmann(MODEL, 2.3)
    return enumeration.states(MODEL)[np.random.default_rng(1).choice(len(law), size=400, p=law)]


@pytest.fixture
def file(tmp_path, spins):
    write_npz(tmp_path / "samples.npz", {"spins": spins, "seed": 1})
    return tmp_path / "samples.npz"


def test_the_verdict_is_printed_and_is_the_exit_code(file, capsys):
    assert main([str(file), "--temperature", "2.3"]) == 0
    assert "heat_capacity" in capsys.readouterr().out
    assert main([str(file), "--temperature", "3.5"]) == 1
    assert "deviates" in capsys.readouterr().out


def test_figure_and_json_are_written(file, tmp_path):
    pytest.importorskip("matplotlib").use("agg")
    main([str(file), "--temperature", "2.3", "--figure", str(tmp_path / "a.png"), "--json", str(tmp_path / "a.json")])
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["verdict"] == "agrees"
    assert len(told["correlation"]) == 2


def test_a_page_of_a_single_configuration_can_be_drawn():
    pytest.importorskip("matplotlib").use("agg")
    page = report(np.ones((100, 4, 4)), MODEL, 2.3).figure()
    assert len(page.axes) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--temperature", "2.3", "--array", "nothing"], "holds spins, seed: name the array"),
        (["--temperature", "2.3", "--array", "seed"], "needed are 1 axes in front"),
        (["--temperature", "-2"], "T -2"),
        (["--temperature", "2.3", "--boundary", "twisted"], "invalid choice"),
    ],
)
def test_bad_input_is_told_without_a_traceback(file, arguments, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([str(file), *arguments])
    assert stopped.value.code == 2
    assert re.search(message, capsys.readouterr().err)


def test_a_pickle_is_refused(tmp_path, capsys):
    np.savez(tmp_path / "objects.npz", spins=np.array([object()], dtype=object))
    with pytest.raises(SystemExit):
        main([str(tmp_path / "objects.npz"), "--temperature", "2.3"])
    assert "no npz file of arrays" in capsys.readouterr().err

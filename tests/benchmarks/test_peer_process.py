"""A made-up peer in this interpreter; the real ones need an environment of their own."""

import sys
import textwrap
from pathlib import Path

import pytest

DRIVER = """
    import os

    print("a banner on the way in")

    def make(method, length, n_lattices, temperature, threads):
        if method == "wolff":
            raise ValueError("no clusters here")
        sites = n_lattices * length**2

        def turn(n):
            os.write(1, b"progress of compiled code")
            if n > 100:
                raise MemoryError("too many sweeps")
            return n * 0.25 * threads, n * sites
        return turn
"""


@pytest.fixture
def peer_process(load, monkeypatch, tmp_path):
    (tmp_path / "drive_madeup.py").write_text(textwrap.dedent(DRIVER))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return load("peer_process")


def peer(peer_process, method="metropolis", python=sys.executable):
    return peer_process.Peer(Path(python), "madeup", method, "8", "2", "2.269", "1")


def test_a_peer_answers_with_its_own_seconds_and_work(peer_process):
    started = peer(peer_process)
    assert started.turn(4) == (1.0, 4 * 2 * 64)
    assert started.turn(1) == (0.25, 2 * 64)
    started.close()


def test_what_a_peer_raises_is_why_it_is_skipped(peer_process, load):
    skipped = load("measure").Skipped
    with pytest.raises(skipped, match="no clusters here"):
        peer(peer_process, method="wolff")
    started = peer(peer_process)
    with pytest.raises(skipped, match="too many sweeps"):
        started.turn(101)


def test_a_peer_that_does_not_answer_is_skipped(peer_process, load, monkeypatch):
    monkeypatch.setattr(peer_process, "PATIENCE", 0.0)
    with pytest.raises(load("measure").Skipped, match="no answer"):
        peer(peer_process)


def test_without_their_environment_each_peer_is_skipped_with_a_line(peer_process, capsys, tmp_path):
    absent = tmp_path / "no" / "python"
    assert list(peer_process.single_flips(absent, 1024, 1, 2.269, 1, "ising")) == []
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(peer_process.SINGLE_FLIPS)
    assert all(line.startswith("skipped: ") and "make bench" in line for line in lines)


def test_every_peer_is_pinned_and_has_a_driver(peer_process):
    folder = peer_process.HERE
    pinned = [line.split("==") for line in (folder / "peers.txt").read_text().splitlines() if not line.startswith("#")]
    names = {peer_process.NAMES.get(peer, peer) for peer in peer_process.SINGLE_FLIPS}
    assert names <= {name for name, _version in pinned}
    for driver in (folder / "peers").glob("drive_*.py"):
        name = peer_process.NAMES.get(stem := driver.stem.removeprefix("drive_"), stem)
        ((_, version),) = [pin for pin in pinned if pin[0] == name]
        assert driver.read_text().startswith(f'"""{name} {version}')
    assert {path.stem for path in (folder / "peers").glob("drive_*.py")} == {
        f"drive_{peer}" for peer in peer_process.SINGLE_FLIPS
    }

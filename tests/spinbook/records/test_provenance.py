import json
import os
import subprocess

import pytest

from spinbook.records import provenance


def git(folder, *arguments):
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_outside_a_clone_there_is_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert provenance.git_commit(tmp_path) is None


def test_the_commit_and_whether_the_code_differs_from_it(tmp_path):
    (tmp_path / "spinlib").mkdir()
    (tmp_path / "spinlib" / "a.py").write_text("a = 1\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "m")
    commit = provenance.git_commit(tmp_path)
    assert len(commit) == 40
    (tmp_path / "notes.txt").write_text("not code")
    assert provenance.git_commit(tmp_path) == commit
    (tmp_path / "spinlib" / "a.py").write_text("a = 2\n")
    assert provenance.git_commit(tmp_path) == f"{commit}+changes"


def test_collected_facts_hold_no_host_or_user_and_are_json(tmp_path):
    text = json.dumps(provenance.collect(tmp_path, "cpu"))
    assert os.uname().nodename not in text
    assert str(tmp_path) not in text
    facts = json.loads(text)
    assert facts["versions"]["numpy"]
    assert "thread" in facts["device"]
    assert facts["peak_memory_mib"] > 1


@pytest.mark.parametrize("device", ["gpu", "", "cuda:x", "CPU"])
def test_unknown_devices_are_refused(device):
    with pytest.raises(ValueError, match="unknown device"):
        provenance.check_device(device)


def test_an_absent_gpu_is_refused():
    with pytest.raises(ValueError, match="'cuda:99' is not present here"):
        provenance.check_device("cuda:99")


def test_the_cpu_is_always_there():
    provenance.check_device("cpu")

import subprocess
import sys
import time

import pytest

from spinbook.__main__ import main

WAIT = """\
    import pathlib, time
    pathlib.Path("started").touch()
    while pathlib.Path("hang").exists(): time.sleep(0.05)
"""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "demo/dice"], "unknown chapter 'demo/dice': choose from demo/coin"),
        (["run", "demo/coin", "--scale", "huge"], "unknown scale 'huge'"),
        (["run", "demo/coin", "-p", "bias=2"], "unknown parameter bias"),
        (["run", "demo/coin", "-p", "bias"], "'bias' must be NAME=VALUE"),
        (["notebook", "demo/dice", "x.ipynb"], "unknown chapter 'demo/dice'"),
        (["audit"], "no record is shipped"),
        (["audit", "--of-commit"], "no record is shipped"),
        (["refresh"], "no record is shipped"),
        (["refresh", "demo/dice"], "unknown chapter 'demo/dice'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(demo, capsys, arguments, message):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("spinbook: ")
    assert message in error
    assert len(error.splitlines()) == 1


def test_audit_and_refresh_from_the_command_line(demo, capsys):
    assert main(["run", "demo/coin", "--scale", "paper", "--record"]) == 0
    assert main(["refresh", "demo/coin"]) == 0
    assert "demo/coins: unchanged" in capsys.readouterr().out
    assert main(["audit", "--record", "demo/coins", "--seed", "5"]) == 0
    assert "seed 5" in capsys.readouterr().out
    assert main(["audit", "--of-commit"]) == 0
    assert "demo/coins: 3 numbers with errors, 100.0 % within two errors" in capsys.readouterr().out


def test_a_parameter_of_the_chapter_may_be_given(demo):
    assert main(["run", "demo/coin", "-p", "scale='smoke'"]) == 0


def test_an_error_in_a_chapters_code_keeps_its_traceback(demo):
    bad = demo / "book" / "chapters" / "demo" / "bad.py"
    bad.write_text('# %% tags=["parameters"]\nscale = device = store = 0\n# %%\nint("x")\n')
    with pytest.raises(ValueError, match="invalid literal"):
        main(["run", "demo/bad"])


def test_wanted_lists_missing_records_until_they_are_made(demo, capsys):
    main(["wanted"])
    listed = capsys.readouterr().out
    assert "demo/coins: no record; paper scale takes 1 s on one core" in listed
    assert "fig1/order: The means rise" in listed
    assert "--scale paper --device cuda --record" in listed
    main(["run", "demo/coin", "--scale", "smoke", "--record"])
    main(["wanted"])
    assert "demo/coins: smoke record" in capsys.readouterr().out
    main(["run", "demo/coin", "--scale", "paper", "--record"])
    main(["wanted"])
    listed = capsys.readouterr().out
    assert "coins" not in listed
    assert "demo/gpu: no record" in listed


def test_chapters_are_listed(demo, capsys):
    main(["chapters"])
    assert capsys.readouterr().out == "demo/coin\n"


def test_wanted_gives_no_command_for_a_chapter_that_is_not_written(demo, capsys):
    claims = demo / "book" / "claims" / "demo.yml"
    head, items = claims.read_text().split("items:\n")
    later = "  demo/fig9:\n    what: To come\n    chapter: demo/later\n    claims:\n      fig9/later: "
    later += "{statement: Some day, relation: documentary, source: Fig. 9, record: later}\n"
    claims.write_text(f"{head.rstrip()}\n  later: {{chapter: demo/later, estimate: 1 s}}\n\nitems:\n{later}{items}")
    main(["wanted"])
    listed = capsys.readouterr().out
    assert "demo/later: no record; paper scale takes 1 s\n  its chapter is not written yet\n  fig9/later" in listed
    assert "chapters/demo/later.py" not in listed


def test_a_record_is_made_by_one_process_at_a_time(demo, capsys):
    chapter = demo / "book" / "chapters" / "demo" / "coin.py"
    chapter.write_text(chapter.read_text().replace("    heads = ", WAIT + "    heads = "))
    (demo / "hang").touch()
    command = [sys.executable, "-m", "spinbook", "run", "demo/coin", "--scale", "paper", "--record"]
    first = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while not (demo / "started").exists():
            assert time.monotonic() < deadline
            assert first.poll() is None
            time.sleep(0.05)
        assert main(["run", "demo/coin", "--scale", "paper", "--record"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"spinbook: recording demo/coins (process {first.pid}) is at work in {demo}: ")
        (demo / "hang").unlink()
        first.communicate(timeout=60)
        assert first.returncode == 0
    finally:
        first.kill()
        first.wait()
    assert main(["run", "demo/coin", "--scale", "paper", "--record"]) == 0

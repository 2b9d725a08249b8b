import subprocess
import sys
import time

import pytest

from spinbook.__main__ import main

# A record without claims that rests on another.
TOTAL = """
SETTINGS = {"smoke": {}, "paper": {}}
COMPARE = {"total": 0.1}
USES = ("demo/coins",)
def compute(settings, run):
    return {"total": run.uses["demo/coins"]["mean"].sum()}
"""
WAIT = """\
    import pathlib, time
    pathlib.Path("started").touch()
    while pathlib.Path("hang").exists(): time.sleep(0.05)
"""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "demo/dice"], "unknown record or chapter 'demo/dice': choose from demo/coins, demo/gpu, demo/coin"),
        (["run", "demo/gpu"], "record 'demo/gpu' needs --device cuda, not cpu"),
        (["run", "demo/coin", "--scale", "huge"], "unknown scale 'huge'"),
        (["notebook", "demo/dice", "x.ipynb"], "unknown chapter 'demo/dice'"),
        (["audit"], "no record is shipped"),
        (["audit", "--of-commit"], "no record is shipped"),
        (["refresh"], "no record is shipped"),
        (["refresh", "demo/dice"], "unknown record or chapter 'demo/dice'"),
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


def test_an_error_in_an_experiments_code_keeps_its_traceback(demo):
    bad = demo / "book" / "experiments" / "demo" / "bad.py"
    bad.write_text('SETTINGS = {"smoke": {}}\ndef compute(settings, run):\n    return int("x")\n')
    with pytest.raises(ValueError, match="invalid literal") as caught:
        main(["run", "demo/bad"])
    assert caught.value.__notes__ == ["while record demo/bad was computed at smoke scale"]


def test_wanted_lists_missing_records_until_they_are_made(demo, capsys):
    main(["wanted"])
    listed = capsys.readouterr().out
    assert "demo/coins: no record; paper scale takes 1 s on one core" in listed
    assert "fig1/order: The means rise" in listed
    assert "run demo/gpu --scale smoke --device cuda --record" in listed
    main(["run", "demo/coin", "--scale", "smoke", "--record"])
    main(["wanted"])
    assert "demo/coins: smoke record" in capsys.readouterr().out
    main(["run", "demo/coin", "--scale", "paper", "--record"])
    capsys.readouterr()
    main(["wanted"])
    listed = capsys.readouterr().out
    assert "coins" not in listed
    assert "demo/gpu: no record" in listed


def test_wanted_asks_for_the_largest_scale_that_there_is_and_its_device(demo, capsys):
    claims = demo / "book" / "claims" / "demo.yml"
    claims.write_text(claims.read_text().replace("1 s on one core}", "1 s on one core, device: cuda}"))
    coins = demo / "book" / "experiments" / "demo" / "coins.py"
    coins.write_text(coins.read_text().replace('"paper"', '"laptop"'))
    main(["wanted"])
    assert "run demo/coins --scale laptop --device cuda --record" in capsys.readouterr().out
    main(["run", "demo/coins", "--scale", "laptop", "--record"])
    capsys.readouterr()
    main(["wanted"])
    assert "demo/coins" not in capsys.readouterr().out


def test_wanted_lists_what_is_stale_and_what_rests_on_it(demo, capsys):
    path = demo / "book" / "experiments" / "demo" / "total.py"
    path.write_text(TOTAL)
    claims = demo / "book" / "claims" / "demo.yml"
    claims.write_text(claims.read_text().replace("items:\n", "  total: {estimate: 2 s}\nitems:\n"))
    for name in ("coins", "total"):
        main(["run", f"demo/{name}", "--scale", "paper", "--record"])
    main(["wanted"])
    assert "stale" not in capsys.readouterr().out
    coins = path.with_name("coins.py")
    coins.write_text(coins.read_text().replace("100_000", "90_000"))
    main(["wanted"])
    listed = capsys.readouterr().out
    changed = "it was made with version 1 and paper settings that its experiment no longer declares"
    assert (
        f"demo/coins: stale: {changed}; paper scale takes 1 s on one core\n  python -m spinbook run demo/coins"
        in listed
    )
    assert f"demo/total: record demo/coins is stale: {changed}; paper scale takes 2 s" in listed
    main(["run", "demo/coins", "--scale", "paper", "--record"])
    capsys.readouterr()
    main(["wanted"])
    listed = capsys.readouterr().out
    assert "demo/coins" not in listed.replace("record demo/coins as it was before", "")
    assert "demo/total: stale: it was computed from record demo/coins as it was before (sha256 " in listed
    assert "python -m spinbook run demo/total --scale paper --device cpu --record" in listed


def test_chapters_are_listed(demo, capsys):
    main(["chapters"])
    assert capsys.readouterr().out == "demo/coin\n"


def test_wanted_gives_no_command_for_an_experiment_that_is_not_written(demo, capsys):
    claims = demo / "book" / "claims" / "demo.yml"
    head, items = claims.read_text().split("items:\n")
    later = "  demo/fig9:\n    what: To come\n    chapter: demo/later\n    claims:\n      fig9/later: "
    later += "{statement: Some day, relation: documentary, source: paper, place: Fig. 9, record: later}\n"
    claims.write_text(f"{head.rstrip()}\n  later: {{estimate: 1 s}}\n\nitems:\n{later}{items}")
    main(["wanted"])
    listed = capsys.readouterr().out
    assert "demo/later: no record; paper scale takes 1 s\n  its experiment is not written yet\n  fig9/later" in listed
    assert "run demo/later" not in listed


def test_a_record_is_made_by_one_process_at_a_time(demo, capsys):
    coins = demo / "book" / "experiments" / "demo" / "coins.py"
    coins.write_text(coins.read_text().replace("    heads = ", WAIT + "    heads = "))
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

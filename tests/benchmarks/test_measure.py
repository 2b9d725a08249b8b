import pytest


@pytest.fixture
def measure(load):
    return load("measure")


def contestant(measure, name, log, *, unit="flips/ns", seconds=0.5, work=1e9, fails_after=None):
    def turn(n):
        log.append(name)
        if fails_after is not None and log.count(name) > fails_after:
            raise measure.Skipped("out of breath")
        return n * seconds, n * work

    return measure.Contestant(name, "ising", 1, turn, unit, lambda: log.append(f"{name} closed"))


def test_rates_and_times_have_their_units(measure):
    log = []
    two = [
        contestant(measure, "a", log),
        contestant(measure, "b", log, unit="ms", work=2.0),
    ]
    rows = measure.take_turns("test", two, seconds=1.0, repeats=3)
    # 1e9 updates in half a second; two units of work in half a second.
    assert [(row["subject"], row["value"], row["unit"]) for row in rows] == [
        ("a", pytest.approx(2.0), "flips/ns"),
        ("b", pytest.approx(250.0), "ms"),
    ]
    assert all(row["spread"] == 0.0 and row["benchmark"] == "test" for row in rows)


def test_contestants_take_turns_after_the_length_of_a_turn_is_found(measure):
    log = []
    measure.take_turns("test", [contestant(measure, name, log) for name in "ab"], seconds=1.0, repeats=3)
    assert log[-8:] == ["a", "b"] * 3 + ["a closed", "b closed"]


def test_one_that_cannot_go_on_has_no_row_and_stops_nobody(measure, capsys):
    log = []
    two = [contestant(measure, "a", log, fails_after=3), contestant(measure, "b", log)]
    assert [row["subject"] for row in measure.take_turns("test", two, 1.0, repeats=4)] == ["b"]
    assert "skipped: a, ising, 1 threads: out of breath" in capsys.readouterr().out
    assert {"a closed", "b closed"} <= set(log)


def test_a_turn_without_time_is_no_measurement(measure, capsys):
    log = []
    calls = iter([1.0, 1.0, -1.0])
    fickle = measure.Contestant("c", "ising", 1, lambda n: (next(calls), n))
    assert measure.take_turns("test", [fickle, contestant(measure, "b", log)], 1.0, repeats=1)[0]["subject"] == "b"
    assert "hides the time" in capsys.readouterr().out


@pytest.mark.parametrize(("seconds", "expected"), [(0.5, 4), (0.001, 2000), (30.0, 1)])
def test_a_turn_has_as_many_sweeps_as_fill_its_time(measure, seconds, expected):
    assert measure.sweeps_per_turn(contestant(measure, "a", [], seconds=seconds), 2.0) == expected

import math

import pytest

WORK = "ising L=32, 21 temperatures"


@pytest.fixture
def ratios(load):
    return load("ratios")


@pytest.fixture
def row(load):
    measure = load("measure")

    def made(subject, value, *, benchmark="everyday: curve", work=WORK, threads=1):
        return measure.row(benchmark, subject, work, value, "s", threads, None)

    return made


def test_a_ratio_is_the_best_peers_time_over_ours_on_one_thread(ratios, row):
    (found,) = ratios.ratios(
        [
            row("sample auto", 0.05),
            row("sample multispin", 0.02),
            row("mcising metropolis", 0.4),
            row("peapods metropolis", 1.0),
            row("mcising metropolis", 0.001, threads=2),
            row("mcising metropolis", 0.001, work="ising L=64, 21 temperatures"),
            row("mcising metropolis", 0.001, benchmark="everyday: other models"),
        ]
    )
    assert (found.benchmark, found.work, found.peer) == ("everyday: curve", WORK, "mcising metropolis")
    assert found.chosen == pytest.approx(8.0)
    assert found.best == pytest.approx(20.0)
    assert found.target == 20.0
    # What a user gets who chooses nothing decides.
    assert not found.reached


def test_the_best_shape_of_auto_counts(ratios, row):
    work = "ising L=64, 21 temperatures, 1e-3"
    of_errors = [
        row(subject, value, benchmark="everyday: energy error", work=work)
        for subject, value in (
            ("sample auto, 64 chains", 1.0),
            ("sample auto, 3 chains, one call", 2.0),
            ("peapods", 30.0),
        )
    ]
    (found,) = ratios.ratios(of_errors)
    assert (found.chosen, found.target, found.reached) == (30.0, 30.0, True)


def test_auto_without_a_row_reaches_nothing(ratios, row):
    (found,) = ratios.ratios([row("sample multispin", 0.01), row("mcising metropolis", 1.0)])
    assert math.isnan(found.chosen)
    assert found.best == pytest.approx(100.0)
    assert not found.reached
    assert "missed" in ratios.lines([row("sample multispin", 0.01), row("mcising metropolis", 1.0)])[0]


@pytest.mark.parametrize("subject", ["sample auto", "mcising metropolis"])
def test_without_a_contestant_there_is_no_ratio(ratios, row, subject):
    assert ratios.ratios([row(subject, 1.0)]) == []
    assert ratios.lines([row(subject, 1.0)]) == []


@pytest.mark.parametrize(("length", "target"), [(16, 10.0), (32, 20.0), (64, 20.0), (128, 10.0)])
def test_each_size_has_its_target(ratios, row, load, length, target):
    work = load("everyday").curve_work(length)
    (found,) = ratios.ratios([row("sample auto", 1.0, work=work), row("mcising", 2.0, work=work)])
    assert found.target == target


def test_keeping_configurations_is_compared_with_keeping_none(ratios, row, load):
    work = load("everyday_files").work

    def kept(subject, what, value, threads=1):
        return row(subject, value, benchmark="everyday: configurations", work=work(10_000, what), threads=threads)

    rows = [
        kept("sample auto", "nothing kept", 10.0),
        kept("sample auto", "nothing kept", 1.0, threads=2),
        kept("sample auto", "in memory", 11.0),
        kept("sample auto", "zarr", 13.0),
        kept("mcising metropolis", "nothing kept", 100.0),
        kept("mcising metropolis", "in memory", 121.0),
    ]
    found = ratios.keeping(rows)
    assert found == {
        ("sample auto", work(10_000, "in memory")): pytest.approx(1.1),
        ("sample auto", work(10_000, "zarr")): pytest.approx(1.3),
    }
    # 121 / 11 seconds in memory, at least 10 times; 1.1 and 1.3 times the run that keeps nothing, at most 1.2.
    told = ratios.lines(rows)
    assert len(told) == 3
    assert [line.rsplit(" ", 1)[1] for line in told] == ["reached", "reached", "missed"]

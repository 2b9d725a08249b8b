import pytest

from spinlib.samplers.chains import pace
from spinlib.samplers.chains.pace import Pace


class Clock:
    """Time that passes only in sweeps, at so many seconds each."""

    def __init__(self, monkeypatch, seconds):
        self.now, self.seconds, self.calls = 0.0, seconds, []
        monkeypatch.setattr(pace.time, "perf_counter", lambda: self.now)

    def sweep(self, n):
        self.calls.append(n)
        self.now += n * self.seconds


def test_slices_grow_to_a_fraction_of_a_second(monkeypatch):
    clock = Clock(monkeypatch, 1e-4)
    Pace().sweep_all(clock.sweep, 20_000)
    assert sum(clock.calls) == 20_000
    assert clock.calls[:7] == [1, 4, 16, 64, 256, 1024, 1024]
    assert max(clock.calls) * clock.seconds <= pace.MOST_SECONDS


def test_slices_shrink_when_sweeps_get_slower(monkeypatch):
    clock, steady = Clock(monkeypatch, 1e-4), Pace()
    steady.sweep_all(clock.sweep, 5_000)
    clock.seconds, clock.calls = 1e-2, []
    steady.sweep_all(clock.sweep, 5_000)
    assert sum(clock.calls) == 5_000
    assert max(clock.calls[10:]) * clock.seconds <= pace.MOST_SECONDS


def test_a_slow_sweep_is_a_slice_of_its_own(monkeypatch):
    clock = Clock(monkeypatch, 3.0)
    Pace().sweep_all(clock.sweep, 5)
    assert clock.calls == [1] * 5
    Pace().sweep_all(clock.sweep, 0)
    assert clock.calls == [1] * 5


def test_after_a_slow_slice_the_size_only_doubles(monkeypatch):
    """Sweeps whose time changes tenfold: cheap ones must not bring a slice of many seconds."""
    clock, steady = Clock(monkeypatch, 1e-3), Pace(512)
    steady.sweep(clock.sweep, 10_000)
    clock.seconds, clock.calls = 1e-4, []
    for _ in range(3):
        steady.sweep(clock.sweep, 10_000)
    assert clock.calls == [256, 512, 1024]


def interrupted(n):
    """As a compiled function that makes an array of its result when Ctrl-C comes."""
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as interruption:
        raise SystemError("returned a result with an exception set") from interruption


def broken(n):
    raise SystemError("of another cause")


def test_an_interruption_that_numba_hides_is_one():
    with pytest.raises(KeyboardInterrupt):
        Pace().sweep_all(interrupted, 5)
    with pytest.raises(SystemError, match="of another cause"):
        Pace().sweep_all(broken, 5)

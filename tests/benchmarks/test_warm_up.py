import pytest

from spinlib.samplers import METHODS


@pytest.fixture
def first_calls(load):
    return load("first_call").first_calls()


def test_every_compiled_method_is_called_once_and_runs(first_calls):
    assert set(METHODS) - {"convolution"} <= set(first_calls)
    for call in first_calls.values():
        call()


def test_cold_and_later_calls_are_rows_in_seconds(load, monkeypatch):
    warm_up = load("warm_up")
    monkeypatch.setattr(warm_up, "first_calls", lambda: {"metropolis": None})
    caches = []

    def process(name, cache):
        caches.append(cache)
        return {"import": 0.5, "call": 8.0 if caches.count(cache) == 1 else 0.1}

    numbers = []

    def first_number(cache):
        numbers.append(cache)
        return 20.0 if len(numbers) == 1 else 1.5

    monkeypatch.setattr(warm_up, "_in_a_process", process)
    monkeypatch.setattr(warm_up, "_first_number", first_number)
    rows = list(warm_up.rows(quick=False))
    assert len(set(caches)) == len(set(numbers)) == 1
    assert set(caches).isdisjoint(numbers)
    assert [(row["subject"], row["work"], row["value"], row["unit"]) for row in rows] == [
        ("metropolis", "first call ever", 8.0, "s"),
        ("metropolis", "first call of a later process", 0.1, "s"),
        ("import of spinlib", "every process", 0.5, "s"),
        ("from python to a number", "nothing compiled before", 20.0, "s"),
        ("from python to a number", "compiled before", 1.5, "s"),
    ]


def test_a_first_number_takes_time_and_a_wrong_one_is_refused(load, monkeypatch, tmp_path):
    warm_up = load("warm_up")
    monkeypatch.setattr(warm_up, "FIRST_NUMBER", "print(-1.5)")
    assert warm_up._first_number(str(tmp_path)) > 0.0
    monkeypatch.setattr(warm_up, "FIRST_NUMBER", "print(-2.5)")
    with pytest.raises(RuntimeError, match=r"energy -2\.5 per site"):
        warm_up._first_number(str(tmp_path))

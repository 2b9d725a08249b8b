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

    monkeypatch.setattr(warm_up, "_in_a_process", process)
    rows = list(warm_up.rows(quick=False))
    assert len(set(caches)) == 1
    assert [(row["subject"], row["work"], row["value"], row["unit"]) for row in rows] == [
        ("metropolis", "first call ever", 8.0, "s"),
        ("metropolis", "first call of a later process", 0.1, "s"),
        ("import of spinlib", "every process", 0.5, "s"),
    ]

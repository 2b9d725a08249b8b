import pytest

from spinbook.records import experiment


def write(demo, name, text):
    path = demo / "book" / "experiments" / f"{name}.py"
    path.write_text(
        f'SETTINGS = {{"smoke": {{"n": (1, 2)}}}}\n{text}\ndef compute(settings, run):\n    return {{"x": 1.0}}\n'
    )


def test_what_is_declared_comes_back_and_the_rest_has_defaults(demo):
    write(demo, "demo/dice", 'COMPARE = {"x": ("seeds", 1)}\nVERSION = 3\nUSES = ("demo/coins",)')
    found = experiment.load("demo/dice", demo)
    assert found.key.settings == {"smoke": {"n": [1, 2]}}
    assert (found.key.version, found.key.device, found.key.compare) == (3, "cpu", {"x": ["seeds", 1]})
    assert [other.name for other in found.key.uses] == ["demo/coins"]
    plain = experiment.load("demo/coins", demo).key
    assert (plain.version, plain.device, plain.uses) == (1, "cpu", ())
    assert experiment.load("demo/gpu", demo).key.device == "cuda"


def test_a_module_without_settings_is_no_record(demo):
    (demo / "book" / "experiments" / "demo" / "law.py").write_text("def law():\n    SETTINGS = 1\n")
    write(demo, "demo/dice", "from experiments.demo.law import law")
    assert experiment.names(demo) == ["demo/coins", "demo/dice", "demo/gpu"]
    assert list(experiment.sources("demo/dice", demo)) == [
        "book/experiments/demo/dice.py",
        "book/experiments/demo/law.py",
    ]
    with pytest.raises(ValueError, match="unknown record 'demo/law'"):
        experiment.load("demo/law", demo)


def test_records_that_rest_on_each_other_are_refused(demo):
    write(demo, "demo/hen", 'USES = ("demo/egg",)')
    write(demo, "demo/egg", 'USES = ("demo/hen",)')
    with pytest.raises(ValueError, match="records rest on each other: demo/hen <- demo/egg <- demo/hen"):
        experiment.load("demo/hen", demo)


def test_what_uses_a_record_of_a_device_needs_that_device(demo):
    write(demo, "demo/dice", 'USES = ("demo/gpu",)')
    with pytest.raises(ValueError, match="'demo/dice' uses 'demo/gpu', so it must have REQUIRES = 'cuda' too"):
        experiment.load("demo/dice", demo)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('COMPARE = {"x": "seed"}', "allowed are seeds, trainings, counts"),
        ('USES = ("demo/cards",)', "unknown record 'demo/cards': book/experiments has demo/coins, demo/dice, demo/gpu"),
        ('SETTINGS = {"paper": {}}', 'lack the scale "smoke"'),
    ],
)
def test_what_is_not_allowed_is_named(demo, line, message):
    write(demo, "demo/dice", line)
    with pytest.raises(ValueError, match=message):
        experiment.load("demo/dice", demo)


def test_a_chapter_opens_what_its_source_names(demo):
    assert experiment.opened_by("demo/coin", demo) == ["demo/coins", "demo/gpu"]

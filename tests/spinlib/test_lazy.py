"""After `import spinlib` everything is at hand, and nothing has been loaded that is not used."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import spinlib
from spinlib.lazy import attributes

HEAVY = ("numba", "xarray", "pandas", "scipy", "torch")


def printed(script):
    """What a new process prints, word by word."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


PACKAGES = ["datasets", "evaluation", "exact", "learning", "networks", "optimization", "samplers"]


@pytest.mark.parametrize("name", ["spinlib", "spinlib.models", *(f"spinlib.{name}" for name in PACKAGES)])
def test_an_import_loads_none_of_the_large_packages(name):
    assert printed(f"import sys, {name}\nprint(*[one for one in {HEAVY} if one in sys.modules])") == []


def test_a_model_and_a_list_of_methods_load_none_of_them():
    script = (
        "import sys, spinlib\n"
        "spinlib.models.Ising((4, 4)).energy(spinlib.models.Ising((4, 4)).cold())\n"
        "print(*spinlib.samplers.METHODS)\n"
        f"print(*[one for one in {HEAVY} if one in sys.modules])"
    )
    assert set(printed(script)) & set(HEAVY) == set()


@pytest.mark.parametrize("name", [name for name in spinlib.__all__ if name not in ("__version__", "sample")])
def test_modules_are_imported_when_they_are_looked_up(name):
    script = (
        f"import sys, spinlib\nprint('spinlib.{name}' in sys.modules, spinlib.{name} is sys.modules['spinlib.{name}'])"
    )
    assert printed(script) == ["False", "True"]


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_of_the_folders_are_found_too(package):
    pytest.importorskip("torch")
    folder = getattr(spinlib, package)
    on_disk = {module.name for module in pkgutil.iter_modules(folder.__path__)}
    listed = on_disk & set(folder.__all__)
    assert len(listed) >= 2
    for name in listed:
        assert getattr(folder, name) is importlib.import_module(f"spinlib.{package}.{name}")
    assert set(folder.__all__) <= set(dir(folder))
    # Helpers of the samplers and of the exact results are not listed; of the other folders all modules are.
    assert package in ("exact", "samplers") or listed == on_disk


def test_the_names_of_the_statistics_are_those_that_a_type_checker_sees():
    folder = spinlib.statistics
    assert set(folder.__all__) <= set(dir(folder))
    tree = ast.parse(Path(folder.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    typed = {alias.name: node.module for node in imports for alias in node.names}
    assert {name: typed.get(name) for name in folder.__all__} == {
        name: f"spinlib.statistics.{module}" for name, module in folder._FOUND_IN.items()
    }
    for name in folder.__all__:
        value = getattr(folder, name)
        assert value is getattr(importlib.import_module(f"spinlib.statistics.{folder._FOUND_IN[name]}"), name)


def test_dir_lists_what_has_not_been_loaded():
    script = "import sys, spinlib\nprint(*dir(spinlib))\nassert 'spinlib.exact' not in sys.modules"
    assert set(spinlib.__all__) <= set(printed(script))


@pytest.mark.parametrize(
    "before",
    [
        "",
        "import spinlib.sampling",
        "import spinlib.samplers.tempering.parallel_tempering",
        "import spinlib.finite_size",
    ],
)
def test_sample_is_the_function_whatever_was_imported_before(before):
    script = (
        f"{before}\nfrom spinlib import sample\nimport spinlib, spinlib.sampling\n"
        "print(callable(sample), sample is spinlib.sample is spinlib.sampling.sample, type(spinlib.sampling).__name__)"
    )
    assert printed(script) == ["True", "True", "module"]


@pytest.mark.parametrize("module", [spinlib, spinlib.exact, spinlib.samplers])
def test_other_names_are_refused(module):
    with pytest.raises(AttributeError, match=f"module '{module.__name__}' has no attribute 'smaple'"):
        _ = module.smaple


def test_an_import_that_fails_says_what_is_missing():
    """Not that the attribute does not exist: the module does, but needs a package that is not installed."""
    script = (
        "import sys, spinlib\nsys.modules['torch'] = None\n"
        "try: spinlib.networks.energy_cnn\nexcept ImportError as error: print(error.name)"
    )
    assert printed(script) == ["torch"]


def test_what_is_found_becomes_an_attribute(monkeypatch):
    get, names = attributes("spinlib", ["lattice"], {"Lattice": "lattice"})
    monkeypatch.setattr(spinlib, "Lattice", None, raising=False)
    assert get("Lattice") is spinlib.lattice.Lattice
    assert spinlib.Lattice is spinlib.lattice.Lattice
    assert {"Lattice", "lattice"} <= set(names())

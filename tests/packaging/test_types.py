"""A user's type checker sees the types of spinlib: every function is annotated, and the package says so (py.typed)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "spinlib").rglob("*.py"))
# numba and Triton compile these and take the types from the call; no user calls them.
KERNELS = {"njit", "jit", "intrinsic", "overload", "type_callable", "subroutine", "returning", "kernel_of"}
# What a user writes. An expected error that does not show is an error of its own (warn_unused_ignores).
USER = """
from collections.abc import Mapping
from types import ModuleType
from typing import assert_type

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from spinlib import sample
from spinlib.exact import density_of_states, enumeration, kaufman, one_dimensional, onsager, potts
from spinlib.finite_size import CriticalRun, critical_run
from spinlib.lattice import Lattice
from spinlib.models import XY, CellularPotts, Ising, LongRangeIsing, PlanarPotts, Potts
from spinlib.observables import binder_cumulant, heat_capacity, magnetization, susceptibility
from spinlib.finite_size import heat_capacity_peak
from spinlib.samplers import methods, parallel_tempering
from spinlib.statistics import Estimate, chi_square, integrated_autocorrelation_time, jackknife, mean_and_error

Numbers = float | NDArray[np.float64]
model = Ising((8, 8), coupling=1.0, field=0.0, boundary="periodic")
assert_type(model.shape, tuple[int, ...])
assert_type(Potts((8, 8), q=3).shape, tuple[int, ...])
assert_type(XY((8, 8)), XY)
draws = sample(model, [2.0, 2.5], 100, method="swendsen_wang", n_chains=2, seed=1, keep_spins=False)
assert_type(draws, xr.Dataset)
assert_type(parallel_tempering.sample(model, [2.0, 2.5], 100), xr.Dataset)
assert_type(methods(model), Mapping[str, ModuleType])

estimate = mean_and_error(np.ones((2, 100)))
assert_type(estimate, Estimate)
assert_type(estimate.error, float)
assert_type(estimate.valid, bool)
assert_type(jackknife(lambda e: e, np.ones((2, 100))), Estimate)
assert_type(integrated_autocorrelation_time(np.ones(100)), float)
assert_type(chi_square([1.0], [0.1], [1.0]), tuple[float, int, float])
assert_type(heat_capacity_peak(np.ones((2, 100)), 2.3, [2.2, 2.3]), Estimate)
assert_type(critical_run(model, 2.27, 100, n_chains=16, burn_in=10, seed=1), CriticalRun)

assert_type(onsager.energy(2.0), Numbers)
assert_type(onsager.critical_temperature(), float)
assert_type(kaufman.energy([2.0, 2.5], (8, 8)), Numbers)
assert_type(potts.critical_temperature(3), Numbers)
assert_type(one_dimensional.ising_energy(2.0, 8), Numbers)
assert_type(density_of_states.ising_torus((4, 4)), tuple[list[int], list[int]])
assert_type(enumeration.log_partition(model, 2.0), Numbers)

sample(model, 2.0, "ten")  # type: ignore[arg-type]
sample(model, 2.0, 10, sweep=3)  # type: ignore[call-arg]
sample(Lattice((8, 8)), 2.0, 10)  # type: ignore[arg-type]
heat_capacity_peak(np.ones((2, 100)))  # type: ignore[call-arg]
onsager.energy(2.0, coupling=1.0)  # type: ignore[call-arg]
kaufman.energy(2.0)  # type: ignore[call-arg]
draws.energy_of  # an xarray Dataset has any attribute
heat_capacity(draws.energy, 2.0, 64), susceptibility(draws.energy, 2.0, 64), binder_cumulant(draws.energy)
magnetization(model, np.ones((8, 8), np.int8))
CellularPotts, LongRangeIsing, PlanarPotts
"""


def is_kernel(function):
    """Whether one of these decorators compiles the function."""
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for decorator in function.decorator_list
        for node in ast.walk(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    return bool(names & KERNELS)


def functions(body, prefix=""):
    """The functions of a module and the methods of its classes, kernels left out, with their full names.

    What numba overloads is a part of kernels, too; numba wants it without annotations.
    """
    overloaded = {
        decorator.args[0].id
        for node in body
        for decorator in getattr(node, "decorator_list", [])
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "overload"
    }
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef) and not is_kernel(node) and node.name not in overloaded:
            yield f"{prefix}{node.name}", node


def without_annotation(function, is_method):
    given = function.args
    arguments = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    is_static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
    checked = arguments[1:] if is_method and not is_static else arguments
    missing = [argument.arg for argument in checked if argument is not None and argument.annotation is None]
    return missing + (["return"] if function.returns is None else [])


def test_every_function_is_annotated():
    found, seen = {}, 0
    for path in MODULES:
        for name, function in functions(ast.parse(path.read_text(encoding="utf-8")).body):
            seen += 1
            if missing := without_annotation(function, "." in name):
                found[f"{path.relative_to(ROOT)}: {name}"] = missing
    assert seen > 300
    assert found == {}


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def public_functions():
    """All that a user may call: functions without underscore of modules without underscore, as `module.function`."""
    for path in MODULES:
        if not path.name.startswith("_") or path.name == "__init__.py":
            body = ast.parse(path.read_text(encoding="utf-8")).body
            for name, node in functions(body):
                # Intrinsics are called by compiled code only.
                within_kernels = any("intrinsic" in ast.unparse(each) for each in node.decorator_list)
                if "." not in name and not name.startswith("_") and not within_kernels:
                    yield f"{module_name(path)}.{name}"


def test_a_users_mypy_sees_the_types(plain, tmp_path):
    """mypy in strict mode on a script, against the installed package; no public function is Any to it."""
    public = list(public_functions())
    assert len(public) > 150
    # Not every module is an attribute of its package before it is imported.
    imports = [
        "from {} import {} as f{}".format(*name.rpartition(".")[::2], number) for number, name in enumerate(public)
    ]
    revealing = [f"reveal_type(f{number})" for number in range(len(public))]
    (tmp_path / "user.py").write_text("\n".join([*imports, USER, *revealing]))
    command = ["--strict", "--python-executable", str(plain.python), "--cache-dir", str(tmp_path / "cache"), "user.py"]
    done = plain.run_with(sys.executable, "-P", "-m", "mypy", *command, folder=tmp_path)
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert errors == []
    revealed = re.findall(r'note: Revealed type is "(.*)"$', done.stdout, re.MULTILINE)
    assert len(revealed) == len(public), done.stdout + done.stderr
    # A function, or one kept by functools.cache.
    unknown = [
        name for name, seen in zip(public, revealed, strict=True) if not re.match(r"def |Overload|functools", seen)
    ]
    assert unknown == []
    assert done.returncode == 0


def test_the_wheel_says_that_it_is_typed(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "spinlib/py.typed",
        "spinlib/__init__.py",
        "spinbook/__main__.py",
        "spinbook/plots/spinbook.mplstyle",
    } <= names
    assert {name.split("/")[0] for name in names} == {"spinlib", "spinbook", wheel.name.split("-py3")[0] + ".dist-info"}

import re
import tomllib
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numba
import numpy as np
import pytest
import xarray as xr

import spinlib
from spinlib import sample
from spinlib.exact import enumeration, kaufman, one_dimensional, onsager
from spinlib.models import XY, CellularPotts, Ising, Potts
from spinlib.samplers.cellular_potts.simulation import simulate
from spinlib.samplers.tempering import parallel_tempering

SMALL = {"burn_in": 5, "n_chains": 3}


def test_layout_of_the_dataset():
    draws = sample(Ising((4, 6)), [2.0, 3.0], 5, method="metropolis", sweeps_between=2, seed=4, **SMALL)
    assert draws.spins.dims == ("temperature", "chain", "draw", "x0", "x1")
    assert draws.spins.shape == (2, 3, 5, 4, 6)
    assert draws.spins.dtype == np.int8
    assert draws.energy.dims == draws.magnetization.dims == ("temperature", "chain", "draw")
    assert list(draws.temperature.values) == [2.0, 3.0]
    expected = {
        "method": "metropolis",
        "seed": "4",
        "burn_in": 5,
        "sweeps_between": 2,
        "start": "random",
        "device": "cpu",
    }
    assert expected.items() <= draws.attrs.items()
    assert draws.attrs["model"] == repr(Ising((4, 6)))
    assert draws.attrs["spinlib_version"] == spinlib.__version__


def test_energy_and_magnetization_are_per_site():
    model = Potts((3, 4, 2), q=3)
    draws = sample(model, 1.0, 4, **SMALL)
    assert draws.spins.dims[3:] == ("x0", "x1", "x2")
    assert np.allclose(draws.energy, model.energy(draws.spins.values) / 24)
    counts = [(draws.spins == state).sum(("x0", "x1", "x2")) for state in range(3)]
    assert np.allclose(draws.magnetization, (3 * np.max(counts, axis=0) / 24 - 1) / 2)


def test_angles_of_planar_spins_are_kept_in_float64():
    model = XY((4, 6), boundary=("antiperiodic", "free"))
    draws = sample(model, [0.5, 1.0], 5, sweeps_between=2, seed=4, **SMALL)
    assert draws.spins.shape == (2, 3, 5, 4, 6)
    assert draws.spins.dtype == np.float64
    assert draws.spins.min() >= -np.pi
    assert draws.spins.max() < np.pi
    np.testing.assert_allclose(draws.energy, model.energy(draws.spins.values) / 24, rtol=0, atol=1e-13)
    length = np.abs(np.exp(1j * draws.spins).mean(("x0", "x1")))
    np.testing.assert_allclose(draws.magnetization, length, rtol=0, atol=1e-13)
    assert sample(XY((4, 4)), 1e-4, 1, start="cold", burn_in=1).magnetization > 0.99
    start = sample(XY((4, 4)), 1e-9, 1, start=np.full((4, 4), 2.0), burn_in=1, method="metropolis").spins.values
    np.testing.assert_allclose(start, 2.0, rtol=0, atol=1e-3)


def test_version_is_that_of_the_project():
    project = Path(__file__).parents[2] / "pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == spinlib.__version__


def test_same_seed_same_samples():
    settings = {"method": "swendsen_wang", "n_samples": 4, **SMALL}
    draws = sample(Ising((6, 6)), [2.0, 2.0], seed=3, **settings)
    assert draws.identical(sample(Ising((6, 6)), [2.0, 2.0], seed=3, **settings))
    assert not draws.equals(sample(Ising((6, 6)), [2.0, 2.0], seed=4, **settings))
    # No two chains share a stream, also at equal temperatures.
    assert len({chain.tobytes() for chain in draws.spins.values.reshape(6, -1)}) == 6


def series(model, temperatures, **settings):
    """Energies of many chains, one row for each chain of each temperature."""
    settings = {"n_samples": 400, "burn_in": 50, "keep_spins": False, "seed": 0} | settings
    return np.concatenate([sample(model, t, **settings).energy.values[0] for t in temperatures])


@pytest.mark.parametrize("method", ["metropolis", "heat_bath", "multispin", "swendsen_wang", "wolff", "convolution"])
def test_a_loop_over_temperatures_with_one_seed_makes_independent_chains(method):
    # With one stream for all, as it was, energies at T = 3 and 3.05 have a correlation of 0.3 with heat bath.
    if method == "convolution":
        pytest.importorskip("torch")
    temperatures = [3.0, 3.0 + 1e-9, 3.05, 3.1]
    rows = series(Ising((8, 8)), temperatures, method=method, sweeps_between=4, n_chains=4)
    assert_uncorrelated(rows)


@pytest.mark.parametrize("method", ["metropolis", "over_relaxation", "wolff"])
def test_a_loop_over_temperatures_makes_independent_chains_of_planar_spins(method):
    rows = series(XY((6, 6)), [1.5, 1.5 + 1e-9, 1.55], method=method, sweeps_between=4, n_chains=4)
    assert_uncorrelated(rows)


@pytest.mark.parametrize("method", ["heat_bath", "multispin", "swendsen_wang"])
def test_calls_that_differ_in_the_model_or_the_start_are_independent(method):
    ones = np.ones((2, 8, 8))
    ones[0, 3, 3] = -1.0
    models = [Ising((8, 8)), Ising((8, 8), coupling=1.0 + 1e-12), Ising((8, 8), coupling=np.abs(ones))]
    models.append(Ising((8, 8), coupling=ones))
    rows = [series(model, [3.0], method=method, sweeps_between=4) for model in models]
    start = np.ones((8, 8))
    for first in ("cold", start, np.where(np.arange(64).reshape(8, 8) == 63, -1, start)):
        rows.append(series(models[0], [3.0], method=method, sweeps_between=4, start=first))
    assert_uncorrelated(np.concatenate(rows))


def assert_uncorrelated(rows):
    """No pair of rows beyond 5 of its standard deviations, and the mean of all pairs within 4 of its own."""
    pairs = np.corrcoef(rows)[np.triu_indices(len(rows), k=1)]
    assert np.abs(pairs).max() < 5.0 / np.sqrt(rows.shape[1])
    assert abs(pairs.mean()) < 4.0 / np.sqrt(rows.shape[1] * len(pairs))


@pytest.mark.parametrize(
    ("method", "model"),
    [*((name, Ising((8, 8))) for name in ("metropolis", "multispin", "swendsen_wang", "wolff")), ("wolff", XY((6, 6)))],
)
def test_a_continued_run_does_not_repeat_itself(method, model):
    settings = {"method": method, "sweeps_between": 4, "n_chains": 4, "seed": 3}
    first = sample(model, 3.0, 400, start="cold", burn_in=20, **settings)
    second = sample(model, 3.0, 400, start=first.spins.values[0, :, -1], burn_in=0, **settings)
    third = sample(model, 3.0, 400, start=second.spins.values[0, :, -1], burn_in=0, **settings)
    assert_uncorrelated(np.concatenate([draws.energy.values[0] for draws in (first, second, third)]))


@pytest.mark.parametrize("method", ["metropolis", "swendsen_wang", "wolff"])
def test_chains_do_not_depend_on_other_temperatures_nor_on_the_number_of_draws(method):
    settings = {"method": method, "seed": 3, **SMALL}
    draws = sample(Ising((6, 6)), [2.0, 3.0, 2.0], 6, **settings)
    assert sample(Ising((6, 6)), [3.0, 2.0], 6, **settings).equals(draws.isel(temperature=[1, 0]))
    assert sample(Ising((6, 6)), 3.0, 2, **settings).equals(draws.isel(temperature=[1], draw=slice(2)))
    assert not draws.isel(temperature=0).equals(draws.isel(temperature=2))


@pytest.mark.parametrize("n_chains", [1, 5, 64])
def test_packed_temperatures_share_random_bits_and_are_independent(n_chains):
    temperatures = [3.0, 3.0 + 1e-9, 3.05, 3.0, 40.0]
    settings = {"n_samples": 400, "sweeps_between": 4, "n_chains": n_chains, "burn_in": 50, "seed": 2}
    draws = sample(Ising((8, 8)), temperatures, method="multispin", keep_spins=False, **settings)
    for name in ("energy", "magnetization"):
        assert_uncorrelated(draws[name].values.reshape(5 * n_chains, 400))
    exact = kaufman.energy(np.array(temperatures), (8, 8))
    means = draws.energy.mean(("chain", "draw"))
    spread = np.sqrt(kaufman.specific_heat(np.array(temperatures), (8, 8))) * temperatures / 8
    assert np.all(abs(means - exact) < 5.0 * spread / np.sqrt(100 * n_chains))


def test_threads_change_no_sample():
    call = {"n_samples": 20, "n_chains": 3, "burn_in": 10, "seed": 4}
    for model, method in ((Ising((64, 64)), "multispin"), (Ising((64, 64)), "swendsen_wang"), (XY((16, 16)), "wolff")):
        one, two = (sample(model, [1.0, 2.0, 3.0], method=method, threads=n, **call) for n in (1, 2))
        assert one.identical(two)
    with pytest.raises(ValueError, match="threads 0"):
        sample(Ising((4, 4)), 2.0, 1, threads=0)


def test_torch_takes_the_threads_that_are_asked_for():
    torch = pytest.importorskip("torch")
    seen, before = [], torch.get_num_threads()

    def threads(spins):
        seen.append(torch.get_num_threads())
        return np.zeros(len(spins))

    call = {"method": "convolution", "burn_in": 1, "observables": {"f": threads}}
    sample(Ising((4, 4)), [1.0, 2.0], 2, threads=before + 1, **call)
    # The first call, with the cold state, comes before all.
    assert seen[1:] == [before + 1] * 4
    assert torch.get_num_threads() == before


def test_what_fails_in_a_thread_ends_the_others():
    def failing(spins):
        if len(calls) > 2:
            raise OSError("no more")
        calls.append(1)
        return np.zeros(len(spins))

    calls = []
    with pytest.raises(OSError, match="no more") as caught:
        sample(Ising((4, 4)), [1.0, 2.0, 3.0], 50, method="wolff", threads=2, observables={"f": failing})
    assert "blocks were finished" in caught.value.__notes__[-1]


def test_functions_that_numba_compiled_are_measured_in_compiled_code():
    def corners(spins):
        return spins[:, 0, 0] + 1.0 * spins[:, -1, -1]

    def moments(spins):
        out = np.empty((spins.shape[0], 2))
        for chain in range(spins.shape[0]):
            out[chain, 0], out[chain, 1] = spins[chain].sum(), spins[chain].sum() ** 2
        return out

    plain = {"corners": corners, "moments": moments}
    compiled = {name: numba.njit(function) for name, function in plain.items()}
    call = {"n_samples": 30, "n_chains": 3, "method": "wolff", "seed": 1, "keep_spins": False}
    draws = [sample(Ising((4, 4)), [2.0, 3.0], observables=each, **call) for each in (plain, compiled)]
    assert draws[0].identical(draws[1])


def test_observables_and_spins_can_be_left_out():
    draws = sample(Ising((4, 4)), 2.0, 4, keep_spins=False, observables="energy", **SMALL)
    assert set(draws.data_vars) == {"energy"}
    assert set(sample(Ising((4, 4)), 2.0, 4, observables=(), **SMALL).data_vars) == {"spins"}


@pytest.mark.parametrize("leading", [(), (3,), (2, 3)])
def test_given_starts(leading):
    spins = np.random.default_rng(0).choice([-1.0, 1.0], size=(*leading, 4, 4))
    draws = sample(
        Ising((4, 4)), [1e-3, 2e-3], 1, method="metropolis", start=spins, burn_in=0, n_chains=3, sweeps_between=1
    )
    every = np.broadcast_to(spins, (2, 3, 4, 4))
    assert np.all(Ising((4, 4)).energy(draws.spins.values[:, :, 0]) <= Ising((4, 4)).energy(every))
    assert draws.attrs["start"] == "given"
    ordered = sample(Ising((4, 4)), 0.1, 2, method="metropolis", start="cold", burn_in=3)
    assert np.all(ordered.spins == 1)


def test_auto_takes_clusters_near_the_critical_temperature_and_says_why():
    model, temperatures = Ising((64, 64)), np.linspace(1.5, 3.5, 21)
    draws = sample(model, temperatures, 2_000, keep_spins=False)
    assert draws.attrs["method"] == "multispin, swendsen_wang"
    by_clusters = draws.temperature[draws.method == "swendsen_wang"]
    assert by_clusters.size > 0
    assert abs(by_clusters - onsager.critical_temperature()).max() < 0.2
    assert re.search(
        r"swendsen_wang, T = 2\.\S+(?: to 2\.\S+)?: \S+ ms per independent draw, multispin", draws.attrs["choice"]
    )
    # All of it is at equilibrium, whichever method: of energies the errors are known from the exact solution.
    errors = np.sqrt(kaufman.specific_heat(temperatures, model.shape)) * temperatures / 64
    assert np.all(abs(draws.energy.mean(("chain", "draw")) - kaufman.energy(temperatures, model.shape)) < errors)


def test_one_method_leaves_no_coordinate():
    draws = sample(Ising((8, 8)), [2.0, 3.0], 2, method="heat_bath", burn_in=1)
    assert draws.attrs["method"] == "heat_bath"
    assert draws.attrs["choice"] == "asked for"
    assert "method" not in draws.coords


def test_auto_leaves_no_stripes_of_a_random_start():
    model = Ising((32, 32))
    draws = sample(model, 1.0, 1, n_chains=64, keep_spins=False, seed=1)
    assert draws.attrs["method"] == "multispin"
    assert draws.attrs["burn_in_method"] == "swendsen_wang, multispin"
    assert draws.attrs["burn_in"] == 200
    # A third of random starts end in stripes, of |m| far below the 0.9993 of equilibrium, if single spins are flipped.
    assert np.abs(draws.magnetization).min() > 0.9


@pytest.mark.parametrize(
    ("changes", "burn_in_method"),
    [
        ({}, "swendsen_wang, multispin"),
        ({"method": "multispin"}, "multispin"),
        ({"start": "cold"}, "multispin"),
        ({"start": np.ones((16, 16))}, "multispin"),
        ({"model": Ising((16, 16), coupling=np.tile([1.0, -1.0], (2, 16, 8)))}, "multispin"),
        ({"model": Ising((16, 16), field=0.1)}, "swendsen_wang, metropolis"),
        ({"temperatures": [2.0, 6.0], "model": Ising((16, 16), field=0.1)}, "swendsen_wang, heat_bath"),
    ],
)
def test_burn_in_method_is_stored(changes, burn_in_method):
    call = {"model": Ising((16, 16)), "temperatures": 1.8, "n_samples": 100, "n_chains": 64, "burn_in": 40}
    draws = sample(**(call | changes), keep_spins=False)
    assert draws.attrs["burn_in_method"] == burn_in_method


def test_auto_does_not_alternate_at_high_temperature():
    # Metropolis flips nearly all spins in every sweep at T = 100, so that two sweeps are the identity.
    draws = sample(Ising((16, 16)), [100.0], 2, n_chains=64, seed=2).spins.values[0]
    assert abs(np.mean(draws[:, 0] * draws[:, 1].astype(float))) < 5 / np.sqrt(draws[:, 0].size) + 0.03


@pytest.mark.parametrize(
    ("method", "model"),
    [
        ("metropolis", Ising((32, 32))),
        ("multispin", Ising((32, 32))),
        ("wolff", Ising((32, 32))),
        ("over_relaxation", XY((32, 32))),
    ],
)
def test_workers_change_no_sample(method, model):
    settings = {"n_samples": 3, "method": method, "burn_in": 4, "n_chains": 70, "seed": 5}
    alone = sample(model, [2.0, 4.0], **settings)
    with ThreadPoolExecutor(1) as one:
        assert alone.identical(sample(model, [2.0, 4.0], executor=one, **settings))


def test_two_spawned_workers_change_no_sample():
    model = Ising((128, 128), coupling=np.random.default_rng(1).normal(size=(2, 128, 128)), field=0.1)
    settings = {"n_samples": 2, "method": "heat_bath", "burn_in": 2, "n_chains": 5, "seed": 5}
    alone = sample(model, [2.0, 4.0], **settings)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as two:
        assert alone.identical(sample(model, [2.0, 4.0], executor=two, **settings))


class Breaking(Executor):
    """An executor whose workers die."""

    def submit(self, *arguments, **settings):
        future = Future()
        future.set_exception(RuntimeError("worker lost"))
        return future


def test_a_lost_worker_says_what_it_was_doing():
    with pytest.raises(RuntimeError, match="worker lost") as caught:
        sample(Ising((4, 4)), 2.5, 3, method="wolff", executor=Breaking())
    assert re.search(r"Ising.*wolff.*2\.5", caught.value.__notes__[0])


def test_progress_bar_counts_sweeps_and_those_of_the_burn_in(capsys):
    sample(Ising((4, 4)), [2.0, 3.0], 7, sweeps_between=2, progress=True, **SMALL)
    assert "114/114" in capsys.readouterr().err
    sample(Ising((4, 4)), 2.0, 7, **SMALL)
    assert not capsys.readouterr().err


def test_convolution_is_one_of_the_methods():
    pytest.importorskip("torch")
    settings = {"n_samples": 3, "method": "convolution", "n_chains": 4}
    draws = sample(Ising((6, 4)), [1.0, 4.0], burn_in=20, start="cold", seed=1, **settings)
    assert draws.identical(sample(Ising((6, 4)), [1.0, 4.0], burn_in=20, start="cold", seed=1, **settings))
    assert np.allclose(draws.energy, Ising((6, 4)).energy(draws.spins.values) / 24)
    assert draws.energy[0].mean() < draws.energy[1].mean()
    assert len({chain.tobytes() for chain in draws.spins.values[1]}) == 4


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy", "zarr"])
@pytest.mark.filterwarnings("ignore::UserWarning:zarr")
@pytest.mark.parametrize(
    "made",
    [
        lambda seed: sample(Ising((4, 6), field=0.5), [2.0, 3.0], 3, n_chains=2, seed=seed),
        lambda seed: sample(Potts((4, 4)), 1.0, 3, start=np.zeros((4, 4)), seed=seed),
        lambda seed: sample(XY((4, 4)), 1.0, 3, observables=["energy", {"x": rows_of}], start="cold", seed=seed),
        lambda seed: parallel_tempering.sample(Ising((4, 4)), [2.0, 3.0], 3, seed=seed),
        lambda seed: simulate(
            CellularPotts((8, 8), [0, 1], np.ones((2, 2))), CELLS, 3, 1.0, snapshots_at=[3], seed=seed
        ),
    ],
    ids=["Ising", "Potts", "XY", "parallel_tempering", "cellular_potts"],
)
def test_datasets_are_written_and_read(tmp_path, made, engine):
    pytest.importorskip(engine)
    if engine == "h5netcdf":
        pytest.importorskip("h5py")
    draws = made(2**31 + 2**70)
    if engine == "zarr":
        draws.to_zarr(tmp_path / "draws")
        found = xr.open_zarr(tmp_path / "draws").load()
    else:
        draws.to_netcdf(tmp_path / "draws.nc", engine=engine)
        found = xr.load_dataset(tmp_path / "draws.nc", engine=engine)
    assert found.equals(draws)
    assert found.attrs == draws.attrs
    assert found.attrs["seed"] == str(2**31 + 2**70)
    for name, variable in draws.variables.items():
        assert found[name].attrs == variable.attrs


CELLULAR = CellularPotts((8, 8), [0, 1], np.ones((2, 2)))
CELLS = np.arange(64).reshape(8, 8) // 32


def rows_of(spins):
    return np.cos(spins).sum(2)


def test_observables_know_their_field_and_size():
    draws = sample(Ising((4, 6), field=-0.5), 2.0, 3, **SMALL)
    assert draws.attrs["field"] == draws.energy.attrs["field"] == draws.magnetization.attrs["field"] == -0.5
    assert draws.energy.attrs["n_sites"] == draws.magnetization.attrs["n_sites"] == 24
    assert draws.energy[0].attrs["n_sites"] == 24
    assert sample(XY((4, 6)), 2.0, 3, **SMALL).magnetization.attrs["field"] == 0.0


@pytest.mark.parametrize(
    "model",
    [
        Ising((64,)),
        Ising((4, 3), neighborhood="triangular"),
        Ising((4, 4), coupling=np.random.default_rng(1).choice([0.0, 1.0], size=(2, 4, 4))),
        Potts((2, 4)),
    ],
    ids=["ring", "triangular", "diluted", "Potts"],
)
@pytest.mark.parametrize("temperature", [1.5, 50.0])
def test_convolution_samples_the_boltzmann_distribution(model, temperature):
    """The paper's literal order is ten standard errors off on the ring at T = 1.5, marked valid."""
    pytest.importorskip("torch")
    if model.n_sites == 64:
        exact = one_dimensional.ising_energy(temperature, 64, boundary="periodic")
    else:
        energies = model.energy(enumeration.states(model))
        exact = enumeration.boltzmann(model, temperature) @ energies / model.n_sites
    draws = sample(model, temperature, 500, method="convolution", n_chains=200, burn_in=300, keep_spins=False, seed=2)
    means = draws.energy.values[0].mean(axis=1)
    error = means.std(ddof=1) / np.sqrt(len(means))
    assert abs(means.mean() - exact) < 4.0 * error
    assert error < 5e-3


def test_a_dataset_can_be_concatenated_with_another():
    one, two = (sample(Ising((4, 4)), t, 2, **SMALL) for t in (1.0, 2.0))
    assert xr.concat([one, two], "temperature").sizes["temperature"] == 2


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"temperatures": 0.0}, ValueError, "temperature 0.0"),
        ({"temperatures": [1.0, -2.0]}, ValueError, "temperature -2.0"),
        ({"temperatures": np.nan}, ValueError, "temperature nan"),
        ({"temperatures": np.inf}, ValueError, "temperature inf"),
        ({"temperatures": []}, ValueError, "temperatures of shape (0,)"),
        ({"temperatures": [[1.0]]}, ValueError, "temperatures of shape (1, 1)"),
        ({"n_samples": -1}, ValueError, "n_samples -1"),
        ({"n_samples": 0}, ValueError, "n_samples 0"),
        ({"n_samples": 2.5}, TypeError, "n_samples 2.5"),
        ({"n_chains": 0}, ValueError, "n_chains 0"),
        ({"sweeps_between": 0}, ValueError, "sweeps_between 0"),
        ({"burn_in": -1}, ValueError, "burn_in -1"),
        ({"seed": -5}, ValueError, "seed -5"),
        ({"method": "cluster"}, ValueError, "method 'cluster': allowed for Ising are 'auto', 'metropolis'"),
        ({"method": "wolff", "model": Potts((4, 4), coupling=-1.0)}, ValueError, "coupling -1.0"),
        ({"method": "multispin", "model": Potts((4, 4))}, TypeError, "Potts"),
        ({"start": "hot"}, ValueError, "start 'hot'"),
        ({"start": np.ones((2, 4, 4))}, ValueError, "start of shape (2, 4, 4)"),
        ({"start": np.ones(4)}, ValueError, "start of shape (4,)"),
        ({"start": np.zeros((4, 4))}, ValueError, "spin value 0"),
        ({"observables": ("energy", "mass")}, ValueError, "observable 'mass'"),
        ({"observables": (), "keep_spins": False}, ValueError, "nothing would be returned"),
        ({"device": "cuda"}, ValueError, "device 'cuda'"),
        ({"n_samples": 2**28}, ValueError, "2 GiB"),
        ({"n_chains": 2**28, "keep_spins": False}, ValueError, "2 GiB"),
        ({"n_samples": 2**24 + 1, "model": XY((4, 4))}, ValueError, "allowed are 2 GiB: 2 GiB for kept spins"),
        ({"method": "heat_bath", "model": XY((4, 4))}, ValueError, "'heat_bath': allowed for XY are 'auto'"),
        ({"method": "over_relaxation"}, ValueError, "method 'over_relaxation': allowed for Ising are 'auto'"),
        ({"start": np.full((4, 4), np.nan), "model": XY((4, 4))}, ValueError, "angle nan"),
        ({"model": CellularPotts((8, 8), [0, 1], np.ones((2, 2)))}, TypeError, "cellular_potts.simulate"),
        ({"model": (4, 4)}, TypeError, "allowed are Ising, Potts, XY, LongRangeIsing, PlanarPotts"),
    ],
)
def test_bad_input_is_named(changes, error, words):
    arguments = {"model": Ising((4, 4)), "temperatures": 2.0, "n_samples": 3} | changes
    with pytest.raises(error, match=re.escape(words)):
        sample(**arguments)

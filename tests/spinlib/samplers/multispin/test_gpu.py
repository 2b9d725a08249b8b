"""The tests that need `device` run on a GPU, where there is one, and in Triton's interpreter, which has to be chosen
before triton is imported: `test_in_the_interpreter` runs this file and that of the kernel in a process of its own."""

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import chi2, chi2_contingency

from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising, Potts
from spinlib.samplers.multispin import cpu as multispin
from spinlib.samplers.random import streams
from spinlib.statistics import chi_square, holm, mean_and_error

triton = pytest.importorskip("triton", reason="triton is for Linux only")

from spinlib.samplers.multispin import gpu as gpu_sampler  # noqa: E402
from spinlib.samplers.multispin.gpu import PackedSpins, chains_per_block, refuse  # noqa: E402
from spinlib.samplers.multispin.gpu_kernel import INTERPRETED  # noqa: E402

CRITICAL = 2.269
BOUNDARIES = ["periodic", "antiperiodic", ("antiperiodic", "periodic"), ("periodic", "antiperiodic")]


@pytest.fixture
def device():
    if INTERPRETED:
        return "cpu"
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device: run by test_in_the_interpreter only")
    return "cuda"


@pytest.fixture
def compiling():
    if INTERPRETED:
        pytest.skip("Triton's interpreter makes no difference here")


def test_in_the_interpreter(compiling, request):
    files = [__file__, Path(__file__).with_name("test_gpu_kernel.py")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *map(str, files)]
    done = subprocess.run(
        command,
        cwd=request.config.rootpath,
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "run by test_in_the_interpreter" not in done.stdout, done.stdout


def random_spins(n_chains, shape, seed=1):
    return np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), (n_chains, *shape))


def packed(model, spins, device, temperatures=CRITICAL, seed=0, **options):
    temperatures = np.broadcast_to(np.asarray(temperatures, np.float64), len(spins))
    rng = streams(seed, "multispin", 0, len(spins))
    return PackedSpins(model, torch.from_numpy(spins).to(device), temperatures, rng, **options)


@lru_cache
def exact_4_by_4(boundary, coupling, temperatures):
    """Model, all its states with their probabilities (T, state), and (E, M) cells with theirs (T, cell)."""
    model = Ising((4, 4), coupling, boundary=boundary)
    levels, magnetizations, p = enumeration.energy_magnetization_distribution(model, temperatures)
    boltzmann = enumeration.boltzmann(model, temperatures)
    return model, enumeration.states(model), boltzmann, np.stack([levels, magnetizations], axis=1), p


@pytest.mark.parametrize("dynamics", multispin.DYNAMICS)
def test_equilibrium_is_kept_on_4_by_4(device, dynamics):
    """Chains drawn from the exact distribution still have it two sweeps later: (E, M) cells, chi-square, Holm.

    One word holds chains of three temperatures.
    """
    temperatures, per_temperature, p_values = (1.5, CRITICAL, 5.0), 6400, []
    rng = np.random.default_rng(20)
    for boundary, coupling in zip(BOUNDARIES, (1.0, 1.0, -1.0, -1.0), strict=True):
        model, states, boltzmann, cells, p = exact_4_by_4(boundary, coupling, temperatures)
        drawn = [rng.choice(len(states), per_temperature, p=probabilities) for probabilities in boltzmann]
        start = states[np.stack(drawn, axis=1).ravel()]
        each = np.tile(temperatures, per_temperature)
        chains = packed(model, start, device, each, len(p_values), dynamics=dynamics)
        chains.sweep(2)
        assert (chains.unpack().cpu().numpy() != start).any(axis=(1, 2)).mean() > 0.3
        seen = np.stack([chains.energy().cpu().round(decimals=9), chains.magnetization().cpu()], axis=1)
        for k in range(3):
            counts = (seen.reshape(-1, 3, 2)[:, k, None] == cells).all(axis=2).sum(axis=0)
            assert counts.sum() == per_temperature
            p_values.append(pooled_chi_square(counts, per_temperature * p[k]))
    assert not holm(p_values).any()


def pooled_chi_square(counts, expected):
    """p-value with the cells that expect fewer than 10 counts pooled, and left out if they still do together."""
    rare = expected < 10
    cells = [(counts[~rare], expected[~rare])]
    if expected[rare].sum() >= 10:
        cells.append(([counts[rare].sum()], [expected[rare].sum()]))
    counts, expected = (np.concatenate(parts) for parts in zip(*cells, strict=True))
    return chi2.sf(((counts - expected) ** 2 / expected).sum(), len(counts) - 1)


@pytest.mark.parametrize("dynamics", multispin.DYNAMICS)
def test_the_law_is_that_of_the_cpu_kernel(device, dynamics):
    """Energies of 4000 chains, three sweeps after a cold start far from equilibrium: two samples of one histogram."""
    model, start = Ising((8, 8), boundary=("antiperiodic", "periodic")), np.ones((4000, 8, 8), np.int8)
    temperatures = np.full(4000, 3.0)
    ours = packed(model, start, device, temperatures, seed=5, dynamics=dynamics)
    theirs = multispin.PackedSpins(model, start, temperatures, streams(6, "multispin", 0, 4000), dynamics=dynamics)
    energies = []
    for chains in (ours, theirs):
        chains.sweep(3)
        energies.append(np.asarray(torch.as_tensor(chains.energy()).cpu()))
    edges = np.quantile(energies[1], np.linspace(0, 1, 13)[1:-1])
    table = [np.bincount(np.searchsorted(edges, values), minlength=12) for values in energies]
    table = np.array(table)[:, np.sum(table, axis=0) > 0]
    assert table.shape[1] >= 8
    assert chi2_contingency(table).pvalue > 0.001


def test_replicas_are_uncorrelated(device):
    """The mean overlap of all pairs within a word, and of neighbouring blocks, vanishes; shared random numbers would
    drive it to one."""
    n_blocks = 96
    model = Ising((8, 8))
    chains = packed(model, random_spins(32 * n_blocks, (8, 8), seed=6), device, 2.6, seed=7)
    chains.sweep(10)
    spins = chains.unpack().cpu().numpy().reshape(n_blocks, 32, 64).astype(np.int64)
    pairs = ((spins.sum(axis=1) ** 2 - 32) / (32 * 31)).mean(axis=1)
    neighbors = (spins * np.roll(spins, 1, axis=0)).mean(axis=(1, 2))
    for overlaps in (pairs, neighbors):
        assert abs(overlaps.mean()) < 3.5 * overlaps.std(ddof=1) / np.sqrt(n_blocks)
        assert overlaps.std(ddof=1) < 0.1


@pytest.mark.parametrize("shape", [(2, 2), (4, 2), (6, 10), (18, 34), (64, 2), (192, 16)])
@pytest.mark.parametrize(("boundary", "coupling"), list(zip(BOUNDARIES, (1.0, -0.7, 1.0, -0.7), strict=True)))
def test_energy_and_magnetization_are_those_of_the_unpacked_spins(device, shape, boundary, coupling):
    model, given = Ising(shape, coupling, boundary=boundary), random_spins(35, shape)
    chains = packed(model, given, device)
    spins, energy, magnetization = chains.unpack(), chains.energy(), chains.magnetization()
    np.testing.assert_array_equal(spins.cpu(), given)
    assert energy.dtype == torch.float64
    assert energy.device == magnetization.device == spins.device
    torch.testing.assert_close(energy, model.energy(spins), rtol=1e-12, atol=1e-9)
    assert torch.equal(magnetization, spins.sum(dim=(1, 2), dtype=torch.int64))


def samples(device, n_chains, shape, seed=0, calls=(2,)):
    chains = packed(Ising(shape), random_spins(n_chains, shape), device, CRITICAL, seed)
    for n in calls:
        chains.sweep(n)
    return chains.unpack().cpu().numpy()


@pytest.mark.parametrize(("n_chains", "shape"), [(70, (6, 8)), (3, (64, 6))])
def test_a_seed_fixes_the_samples(device, monkeypatch, n_chains, shape):
    """For any division of sweeps into calls, and of words into programs; another seed gives others."""
    first = samples(device, n_chains, shape)
    np.testing.assert_array_equal(first, samples(device, n_chains, shape, calls=(1, 0, 1)))
    assert (first != samples(device, n_chains, shape, seed=1)).any(axis=(1, 2)).mean() > 0.9
    monkeypatch.setattr(gpu_sampler, "_TILE", 32)
    np.testing.assert_array_equal(first, samples(device, n_chains, shape))


def test_a_block_does_not_depend_on_the_others(device):
    model, spins = Ising((4, 6)), random_spins(70, (4, 6))
    temperatures, rng = np.linspace(1, 4, 70), streams(0, "multispin", 0, 70)
    tensor = torch.from_numpy(spins).to(device)
    together, alone = PackedSpins(model, tensor, temperatures, rng.copy()), []
    together.sweep(2)
    for first in (0, 32, 64):
        some = slice(first, first + 32)
        chains = PackedSpins(model, tensor[some], temperatures[some], rng[some].copy())
        chains.sweep(2)
        alone.append(chains.unpack())
    assert torch.equal(together.unpack(), torch.cat(alone))
    # The spins that were given are copied.
    np.testing.assert_array_equal(tensor.cpu(), spins)


@pytest.mark.parametrize(("shape", "n_chains"), [((12, 6), 40), ((64, 8), 2)])
def test_sweep_works_in_place_and_advances_the_blocks_streams(device, shape, n_chains):
    model, start = Ising(shape), torch.from_numpy(random_spins(n_chains, shape)).to(device)
    temperatures, rng = np.full(n_chains, 2.0), streams(3, "multispin", 0, n_chains)
    before, spins = rng.copy(), start.clone()
    expected = PackedSpins(model, spins, temperatures, rng.copy())
    expected.sweep(2)
    gpu_sampler.sweep(model, spins, temperatures, rng, 2)
    assert torch.equal(spins, expected.unpack())
    first = np.arange(n_chains) % chains_per_block(model) == 0
    np.testing.assert_array_equal((rng != before).any(axis=1), first)
    again = start.clone()
    gpu_sampler.sweep(model, again, temperatures, rng, 2)
    assert not torch.equal(again, spins)


def test_heat_bath_forgets_the_last_state_at_high_temperature_and_metropolis_inverts_it(device):
    model, spins = Ising((32, 32)), random_spins(64, (32, 32))
    overlap = {}
    for dynamics in multispin.DYNAMICS:
        chains = packed(model, spins, device, 1e6, dynamics=dynamics)
        chains.sweep(1)
        overlap[dynamics] = (chains.unpack().cpu().numpy() * spins).mean()
    assert overlap["metropolis"] < -0.99
    assert abs(overlap["heat_bath"]) < 4 / np.sqrt(spins.size)


def test_bad_arguments_are_named(device):
    model, rng = Ising((4, 4)), streams(0, "multispin", 0, 2)
    spins = torch.ones((2, 4, 4), dtype=torch.int8, device=device)
    ones = np.ones(2)
    for temperature in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="temperature"):
            gpu_sampler.sweep(model, spins, np.array([1.0, temperature]), rng, 1)
    with pytest.raises(ValueError, match="shape"):
        gpu_sampler.sweep(model, spins, np.ones(3), rng, 1)
    with pytest.raises(ValueError, match=r"\(2, 4, 5\)"):
        gpu_sampler.sweep(model, spins.new_ones((2, 4, 5)), ones, rng, 1)
    with pytest.raises(ValueError, match=r"\(0, 4, 4\)"):
        gpu_sampler.sweep(model, spins[:0], ones[:0], rng[:0], 1)
    with pytest.raises(TypeError, match="float32"):
        gpu_sampler.sweep(model, spins.float(), ones, rng, 1)
    with pytest.raises(TypeError, match="Tensor"):
        gpu_sampler.sweep(model, spins.cpu().numpy(), ones, rng, 1)
    with pytest.raises(TypeError, match="rng"):
        gpu_sampler.sweep(model, spins, ones, rng.view(np.int64), 1)
    with pytest.raises(ValueError, match="spin value 0"):
        gpu_sampler.sweep(model, 0 * spins, ones, rng, 1)
    with pytest.raises(ValueError, match="n = -1"):
        gpu_sampler.sweep(model, spins, ones, rng, -1)
    with pytest.raises(ValueError, match="wolff"):
        gpu_sampler.sweep(model, spins, ones, rng, 1, dynamics="wolff")
    with pytest.raises(ValueError, match=r"\(2, 4, 4\)"):
        PackedSpins(model, spins, ones, rng).unpack(spins.new_ones((2, 4, 5)))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Ising((5, 8)), r"nearest: 4 or 6 by 8"),
        (Ising((8, 8), boundary="free"), "free"),
        (Ising((8, 8), boundary=("periodic", "free")), "free"),
        (Ising((8, 8), field=0.1), "field 0.1"),
        (Ising((8, 8), coupling=np.ones((2, 8, 8))), "uniform"),
        (Ising((8, 8), neighborhood="moore"), "moore"),
        (Ising((4, 4, 4)), "3 axes"),
    ],
)
def test_refused_models(model, message):
    with pytest.raises(ValueError, match=message):
        refuse(model)
    with pytest.raises(ValueError, match=message):
        packed(model, np.ones((1, *model.shape), np.int8), "cpu")


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="Potts"):
        refuse(Potts((8, 8), q=2))


def test_a_tensor_on_the_cpu_is_refused_outside_the_interpreter(compiling):
    with pytest.raises(RuntimeError, match="spins on cpu"):
        packed(Ising((4, 4)), np.ones((1, 4, 4), np.int8), "cpu")


def test_without_triton_the_error_says_what_to_install(compiling):
    code = "import sys; sys.modules['triton'] = None; import spinlib.samplers.multispin.gpu"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "ImportError: packed spins on a GPU need triton" in done.stderr


def test_neither_torch_nor_triton_is_imported_with_spinlib(compiling):
    code = "import sys, spinlib, spinlib.samplers.multispin; assert not {'torch', 'triton'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def gpu():
    if INTERPRETED or not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    return "cuda"


def test_recorded_sweeps_are_the_launched_ones(gpu):
    model, spins = Ising((128, 64)), random_spins(2, (128, 64))
    recorded, launched = packed(model, spins, gpu), packed(model, spins, gpu)
    recorded.sweep(100)
    recorded.sweep(70)
    for _ in range(170):
        launched.sweep(1)
    assert torch.equal(recorded.unpack(), launched.unpack())


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", [(32, 32), (128, 16)])
def test_energy_is_kaufmans(gpu, shape, boundary):
    """320 chains at each of three temperatures, in both layouts."""
    temperatures = np.array([1.8, CRITICAL, 3.0])
    model = Ising(shape, boundary=boundary)
    chains = packed(model, np.ones((960, *shape), np.int8), gpu, np.tile(temperatures, 320), seed=8)
    chains.sweep(5000)
    measured = energies(chains, 1000, 10).mean(axis=1).reshape(320, 3)
    error = measured.std(axis=0, ddof=1) / np.sqrt(320)
    exact = kaufman.energy(temperatures, shape, model.lattice.boundary)
    assert chi_square(measured.mean(axis=0), error, exact)[2] > 0.001


def test_energy_of_one_large_lattice_is_kaufmans(gpu):
    """L = 1024; the error is below 5e-5, all temperatures combined."""
    settings, values, errors = {2.0: (1200, 10), 2.5: (400, 50), 3.0: (1200, 10)}, [], []
    for temperature, (n_draws, between) in settings.items():
        chains = packed(Ising((1024, 1024)), np.ones((1, 1024, 1024), np.int8), gpu, temperature, seed=9)
        chains.sweep(500)
        estimate = mean_and_error(energies(chains, n_draws, between))
        assert estimate.valid, estimate.reason
        values.append(estimate.value)
        errors.append(estimate.error)
    exact, variance = kaufman.energy(np.array(list(settings)), (1024, 1024)), np.square(errors)
    assert chi_square(values, errors, exact)[2] > 0.001
    combined = 1 / np.sqrt((1 / variance).sum())
    assert combined < 5e-5
    assert abs(((values - exact) / variance).sum() * combined**2) < 3.5 * combined


def energies(chains, n_draws, between):
    """Energies per site (chain, draw)."""
    draws = []
    for _ in range(n_draws):
        chains.sweep(between)
        draws.append(chains.energy())
    return torch.stack(draws, dim=1).cpu().numpy() / chains.model.n_sites

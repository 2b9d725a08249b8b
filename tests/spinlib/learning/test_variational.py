"""The loss of a variational autoencoder by integrals and enumeration, its training, and what it refuses."""

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from spinlib.exact import enumeration
from spinlib.learning import variational
from spinlib.learning.configurations import unit_vectors
from spinlib.learning.generated import generate
from spinlib.learning.plan import Optimizer
from spinlib.learning.training import NotFiniteError
from spinlib.learning.variational import VariationalTraining
from spinlib.models import Ising
from spinlib.networks.dense_vae import DenseVAE
from spinlib.networks.initialization import initialize
from spinlib.networks.weights import weights

CHAIN = Ising((4,), boundary="free")


def exact_spins(n, temperature=1.5, seed=1):
    p = enumeration.boltzmann(CHAIN, temperature)
    return enumeration.states(CHAIN)[np.random.default_rng(seed).choice(16, size=n, p=p)]


def small(seed=1, n_latent=1, shape=(4,), scale=3.0):
    """Initial weights, larger, so that spins depend on the latent variables."""
    network = initialize(DenseVAE(shape, n_latent, hidden=(8,)), torch.Generator().manual_seed(seed)).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(scale)
    return network.eval()


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (1.3, 0.4), (-0.2, 2.5)])
def test_the_divergence_is_the_integral(mean, deviation):
    q, p = stats.norm(mean, deviation), stats.norm()
    integral, _ = integrate.quad(
        lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), mean - 12 * deviation, mean + 12 * deviation
    )
    found = variational.divergence(*torch.tensor([mean, 2 * np.log(deviation)], dtype=torch.float64))
    assert float(found) == pytest.approx(integral, abs=1e-8)


def test_the_loss_is_that_of_the_paper():
    network, spins = small(n_latent=3), torch.from_numpy(exact_spins(7)).double()
    noise = torch.randn((7, 3), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.no_grad():
        found = variational.loss(network, spins, noise, weight=0.25)
        mean, log_variance = network.encode(spins)
        outputs = network(spins, noise)
    # Sums over sites and over latent variables, and a mean over the batch.
    squares = [
        sum((x - y) ** 2 for x, y in zip(*row, strict=True)) for row in zip(spins.numpy(), outputs.numpy(), strict=True)
    ]
    assert float(found["reconstruction"]) == pytest.approx(np.mean(squares), rel=1e-12)
    gaussians = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1).numpy()
    assert float(found["divergence"]) == pytest.approx(0.25 * np.mean(gaussians), rel=1e-6)


def test_the_bernoulli_likelihood_adds_up_to_1_over_all_states():
    network, latent = small(n_latent=2), torch.tensor([[0.3, -1.2]]).double()
    states = torch.from_numpy(enumeration.states(CHAIN)).double()
    with torch.no_grad():
        p = (-variational.reconstruction(network, states, latent.expand(16, 2), "bernoulli")).exp()
        means = p @ states
        torch.testing.assert_close(means, network.decode(latent)[0])
    assert float(p.sum()) == pytest.approx(1.0, abs=1e-12)


def test_the_bernoulli_loss_bounds_the_likelihood_from_below():
    """ln p(x) by quadrature over the one latent variable is above -loss, averaged over the noise."""
    network, states = small(), torch.from_numpy(enumeration.states(CHAIN)).double()
    nodes, node_weights = np.polynomial.hermite_e.hermegauss(80)
    node_weights = torch.from_numpy(node_weights / node_weights.sum())
    with torch.no_grad():
        for state in states:
            fields = network.fields(torch.from_numpy(nodes)[:, None])
            log_p = torch.nn.functional.logsigmoid(2 * fields * state).sum(dim=1)
            exact = torch.log((node_weights * log_p.exp()).sum())
            noise = torch.from_numpy(nodes)[:, None]
            mean, log_variance = network.encode(state[None])
            latent = mean + (0.5 * log_variance).exp() * noise
            terms = variational.reconstruction(network, state.expand(80, 4), latent, "bernoulli")
            bound = -variational.divergence(mean, log_variance).sum() - (node_weights * terms).sum()
            assert float(bound) < float(exact) + 1e-9


def test_training_lowers_both_kinds_of_loss():
    for decoder in variational.DECODERS:
        how = VariationalTraining(8, decoder, batch=50, optimizer=Optimizer("adam", 0.01))
        curves = variational.fit(DenseVAE((4,), 2, hidden=(16,)), exact_spins(1000), how, seed=1)
        total = curves.losses["loss"]
        assert total[-1] < 0.9 * total[0]
        np.testing.assert_allclose(
            total, curves.losses["loss/divergence"] + curves.losses["loss/reconstruction"], rtol=1e-5
        )


def test_the_bound_is_above_the_entropy_and_near_it():
    """The Bernoulli loss is at least the entropy of the data; a trained network comes within some tenths of a nat."""
    how = VariationalTraining(30, "bernoulli", batch=100, optimizer=Optimizer("adam", 0.01))
    spins = exact_spins(3000)
    curves = variational.fit(DenseVAE((4,), 2, hidden=(16,)), spins, how, seed=1)
    counts = np.bincount((spins > 0) @ (1 << np.arange(4)), minlength=16) / 3000
    entropy = stats.entropy(counts)
    assert entropy - 0.02 < curves.losses["loss"][-1] < entropy + 0.35


def test_a_large_weight_of_the_divergence_collapses_the_latent_space():
    how = VariationalTraining(10, weight=50.0, batch=50, optimizer=Optimizer("adam", 0.01))
    network = DenseVAE((4,), 2, hidden=(16,))
    variational.fit(network, exact_spins(1000), how, seed=1)
    with torch.no_grad():
        mean, log_variance = network.encode(torch.from_numpy(enumeration.states(CHAIN)).float())
    assert variational.divergence(mean, log_variance).sum(dim=1).mean() < 0.01


def test_a_seed_gives_the_same_network():
    def trained(seed):
        network = DenseVAE((4,), 2, hidden=(8,), dropout=0.2)
        variational.fit(network, exact_spins(200), VariationalTraining(2, batch=50), seed)
        return weights(network)

    first, again, other = trained(1), trained(1), trained(2)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["encoder.0.weight"], other["encoder.0.weight"])


def test_a_resumed_training_ends_as_one_that_was_never_interrupted(tmp_path, monkeypatch):
    whole, resumed = DenseVAE((4,), 2, hidden=(8,)), DenseVAE((4,), 2, hidden=(8,))
    how, spins = VariationalTraining(4, batch=50), exact_spins(200)
    variational.fit(whole, spins, how, seed=1)
    real, calls = variational.loss, []

    def stops(*arguments, **named):
        calls.append(1)
        if len(calls) > 10:  # in the third epoch of four steps
            raise KeyboardInterrupt
        return real(*arguments, **named)

    monkeypatch.setattr(variational, "loss", stops)
    with pytest.raises(KeyboardInterrupt):
        variational.fit(resumed, spins, how, seed=1, checkpoint=tmp_path / "state.npz")
    monkeypatch.setattr(variational, "loss", real)
    curves = variational.fit(resumed, spins, how, seed=1, checkpoint=tmp_path / "state.npz")
    assert len(curves.losses["loss"]) == 4
    for name, values in weights(whole).items():
        np.testing.assert_array_equal(weights(resumed)[name], values)


def test_a_checkpoint_of_another_lattice_is_refused(tmp_path):
    """Of as many sites, with weights of the same shapes."""
    how, spins = VariationalTraining(1, batch=50), exact_spins(100)
    variational.fit(DenseVAE((4, 1), 2), spins.reshape(-1, 4, 1), how, seed=1, checkpoint=tmp_path / "state.npz")
    with pytest.raises(ValueError, match="belongs to another network, schedule or set of examples"):
        variational.fit(DenseVAE((2, 2), 2), spins.reshape(-1, 2, 2), how, seed=1, checkpoint=tmp_path / "state.npz")
    changed = VariationalTraining(1, batch=50, weight=0.5)
    with pytest.raises(ValueError, match="belongs to another"):
        variational.fit(DenseVAE((4, 1), 2), spins.reshape(-1, 4, 1), changed, 1, checkpoint=tmp_path / "state.npz")


def test_a_loss_that_is_nan_stops_says_where_and_leaves_the_last_good_state(monkeypatch):
    how, network, good = VariationalTraining(4, batch=50), DenseVAE((4,), 2), DenseVAE((4,), 2)
    variational.fit(good, exact_spins(200), VariationalTraining(2, batch=50), seed=1)
    real, calls = variational.loss, []

    def breaks(*arguments, **named):
        calls.append(1)
        found = real(*arguments, **named)
        return found if len(calls) <= 9 else {name: value * float("nan") for name, value in found.items()}

    monkeypatch.setattr(variational, "loss", breaks)
    with pytest.raises(
        NotFiniteError, match=r"loss of epoch 2 is nan in step 1: the networks have the weights of epoch 1"
    ):
        variational.fit(network, exact_spins(200), how, seed=1)
    for name, values in weights(good).items():
        np.testing.assert_array_equal(weights(network)[name], values)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"decoder": "poisson"}, "decoder 'poisson': allowed are 'gaussian' and 'bernoulli'"),
        ({"weight": -1.0}, "weight -1.0: it cannot be negative"),
        ({"weight": float("nan")}, "weight nan"),
        ({"batch": 0}, "batch 0"),
        ({"epochs": 0}, "epochs 0"),
    ],
)
def test_bad_settings(settings, words):
    with pytest.raises(ValueError, match=words):
        VariationalTraining(**({"epochs": 1} | settings))


def test_bad_configurations():
    how = VariationalTraining(1)
    with pytest.raises(ValueError, match=r"spins of shape \(5, 6\): \(batch, 4\) is needed"):
        variational.fit(DenseVAE((4,)), np.ones((5, 6)), how, seed=1)
    with pytest.raises(ValueError, match="this network's are unit vectors"):
        variational.reconstruction(DenseVAE((4,), n_components=2), torch.ones(3, 4, 2), torch.zeros(3, 8), "bernoulli")


def test_unit_vectors_are_learned_too():
    """Two XY spins that point the same way: so do those that the network generates."""
    angles = np.repeat(np.random.default_rng(1).uniform(-np.pi, np.pi, size=(1000, 1)), 2, axis=1)
    network = DenseVAE((2,), 2, hidden=(16,), n_components=2)
    how = VariationalTraining(20, batch=50, weight=0.25, optimizer=Optimizer("adam", 0.01))
    curves = variational.fit(network, unit_vectors(angles), how, seed=1)
    assert curves.losses["loss/reconstruction"][-1] < 0.3 * curves.losses["loss/reconstruction"][0]
    made = generate(network, 2000, seed=2)
    assert np.cos(made[:, 0] - made[:, 1]).mean() > 0.9
    assert abs(np.exp(1j * made).mean()) < 0.2

"""The noise of a diffusion model: how much of it is added in every step, and a configuration after some of them."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from spinlib.arguments import at_least

__all__ = ["PAPER_SCHEDULE", "NoiseSchedule"]


@dataclass(frozen=True)
class NoiseSchedule:
    """Variances beta_t that rise linearly with the step t = 1 to n_steps.

    Parameters
    ----------
    n_steps : int
        Steps from a configuration to noise.
    first, last : float
        beta of the first and of the last step, between 0 and 1.

    Raises
    ------
    ValueError
        For other numbers.

    References
    ----------
    Paper fid, Sec. 2.2; J. Ho, A. Jain and P. Abbeel, arXiv:2006.11239.

    Examples
    --------
    >>> from spinlib.learning.noise_schedule import NoiseSchedule
    >>> schedule = NoiseSchedule()
    >>> schedule.betas[[0, -1]].tolist(), bool(schedule.kept[-1] < 1e-4)
    ([0.0001, 0.02], True)
    """

    n_steps: int = 1000
    first: float = 1e-4
    last: float = 0.02

    def __post_init__(self) -> None:
        at_least(1, "n_steps", self.n_steps)
        for name in ("first", "last"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise ValueError(f"{name} {getattr(self, name)}: allowed are numbers between 0 and 1")

    @property
    def betas(self) -> torch.Tensor:
        """beta_t, (n_steps,), float64; index 0 is t = 1."""
        return torch.linspace(self.first, self.last, self.n_steps, dtype=torch.float64)

    @property
    def kept(self) -> torch.Tensor:
        """The product of (1 - beta_s) over s up to t, the paper's alpha bar, (n_steps,), float64."""
        return (1.0 - self.betas).cumprod(0)

    def noisy(self, spins: torch.Tensor, times: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Configurations after some steps at once.

        Parameters
        ----------
        spins : torch.Tensor
            (B, *shape), before the first step.
        times : torch.Tensor
            (B,), steps from 1 to n_steps.
        noise : torch.Tensor
            Standard normal, of the shape of `spins`.

        Returns
        -------
        torch.Tensor
            sqrt(a) spins + sqrt(1 - a) noise, where a is `kept` at these times.

        References
        ----------
        Paper fid, Eq. 3.

        Examples
        --------
        >>> import torch
        >>> from spinlib.learning.noise_schedule import NoiseSchedule
        >>> NoiseSchedule(2, 0.19, 0.5).noisy(torch.ones(1, 2), torch.tensor([1]), torch.zeros(1, 2)).tolist()
        [[0.8999999761581421, 0.8999999761581421]]
        """
        share = self.kept.to(times.device)[times - 1].view(-1, *(1,) * (spins.ndim - 1))
        return share.sqrt().to(spins) * spins + (1.0 - share).sqrt().to(spins) * noise


PAPER_SCHEDULE = NoiseSchedule()

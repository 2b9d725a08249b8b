"""Methods for planar spins: Metropolis, over-relaxation and Wolff."""

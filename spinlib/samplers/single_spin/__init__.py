"""Single-spin methods: Metropolis and heat bath, and the sweeps of Ising and Potts that they share."""

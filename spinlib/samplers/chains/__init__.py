"""The code that all methods share: chains from the first configuration to the Dataset, and the choice of "auto"."""

"""Cluster methods: Swendsen-Wang, Wolff, improved estimators and coupling from the past."""

"""Cluster methods: Swendsen-Wang, Wolff, and what rests on the same clusters."""

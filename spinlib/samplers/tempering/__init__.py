"""Parallel tempering: ladders of temperatures whose replicas exchange them."""

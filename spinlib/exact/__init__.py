"""Exact results: closed forms and exact counts, the judge of every sampler. One model or method per module."""

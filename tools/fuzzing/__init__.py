"""Mutated specs: where they come from, how they are changed, and what must hold of each."""

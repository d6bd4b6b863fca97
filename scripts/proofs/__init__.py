"""The proofs: what the product promises, measured on real processes, each beside its negative control."""

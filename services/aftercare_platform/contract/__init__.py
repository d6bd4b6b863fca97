"""Our words and the contract's numbers: what every service says in the same way."""

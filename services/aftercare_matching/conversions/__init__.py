"""From the contract's messages to the domain and back, in pairs."""

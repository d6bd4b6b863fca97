"""The contract's messages and our entries, turned into each other; in pairs, and tested as pairs."""

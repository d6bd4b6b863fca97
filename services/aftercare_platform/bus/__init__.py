"""Events between services: envelopes, declared streams, the connection, readers."""

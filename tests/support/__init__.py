"""Real parts for tests: a broker, a database."""

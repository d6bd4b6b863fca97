"""What every test may ask for."""

pytest_plugins = ["support.nats", "support.sqlite", "support.world", "support.browser"]

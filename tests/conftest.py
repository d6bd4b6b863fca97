"""What every test may ask for."""

from hypothesis import settings

pytest_plugins = ["support.nats", "support.sqlite", "support.world", "support.browser"]

# The same examples in every run, however long one takes: a test tells of the code, not of the machine.
settings.register_profile("aftercare", derandomize=True, deadline=None)
settings.load_profile("aftercare")

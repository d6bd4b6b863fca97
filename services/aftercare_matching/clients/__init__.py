"""The services that matching asks."""

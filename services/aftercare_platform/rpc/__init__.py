"""Calls between services: one server, one chain of steps before every handler, one kind of channel."""

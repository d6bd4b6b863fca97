"""Pure words and rules shared by every service; imports only the standard library."""

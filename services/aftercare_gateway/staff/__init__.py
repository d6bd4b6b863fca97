"""The console of a program's members."""

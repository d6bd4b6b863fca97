"""The rules of signing in, without storage or wire."""

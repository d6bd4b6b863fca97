"""What the directory serves over gRPC."""

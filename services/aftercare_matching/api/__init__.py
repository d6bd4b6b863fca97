"""MatchingService over gRPC."""

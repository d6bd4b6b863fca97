"""What a person reads: results on stdout, everything else on stderr."""

"""Each thing a listing is judged by, defined once: it rules out, scores and explains with the same code."""

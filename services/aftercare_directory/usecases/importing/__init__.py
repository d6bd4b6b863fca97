"""Other people's directories read into ours: row by row, each with one verdict, and again without effect."""

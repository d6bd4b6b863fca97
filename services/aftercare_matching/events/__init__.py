"""What matching hears: changes of listings, and plans that wait for their set."""

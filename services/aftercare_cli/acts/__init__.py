"""What the commands do, one function an act. Each takes a desk: the demo goes through the same ones."""

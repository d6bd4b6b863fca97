"""What is looked for, in the words of a command line."""

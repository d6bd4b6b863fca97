"""The commands, by subject. A module here only says what can be asked; what is done stands in `acts`."""

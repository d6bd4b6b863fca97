"""The command `aftercare`: every act of the system from a terminal, and the supervisor of one host."""

"""The whole system on one host: a broker and one process per service, kept running, stopped in order."""

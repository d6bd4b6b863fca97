"""Which program a plan lies in, for services, who belong to none."""

"""`python -m aftercare_cli` is the command `aftercare`."""

from aftercare_cli.main import main

if __name__ == "__main__":
    main()

"""`python -m tandem.interfaces.cli` is the same as `tandem`."""

from tandem.interfaces.cli.main import main

main()

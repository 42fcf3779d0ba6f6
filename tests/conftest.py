"""What all tests share: property tests have no deadline of their own, machines differ."""

from hypothesis import settings

settings.register_profile("tandem", deadline=None, derandomize=True)
settings.load_profile("tandem")

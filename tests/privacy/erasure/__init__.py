from . import test_canary_seeds

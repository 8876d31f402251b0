from . import test_bg_nbd
from . import test_gamma_gamma

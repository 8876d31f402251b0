from . import test_copy_of_data
from . import test_masking

from . import test_copy_of_data
from . import test_masking
from . import test_privacy_request_tour
from . import test_crm_privacy_request_forget

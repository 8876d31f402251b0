from . import test_crm_nurture_enrollment

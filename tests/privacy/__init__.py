from .consent import *
from .erasure import *
from .request import *
from .register import *
from .export import *
from . import test_privacy_rights

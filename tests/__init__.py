from .lifecycle import *
from .touchpoint import *
from .qualification import *
from .scoring import *
from .rfm import *
from . import segment
from .segment import *
from . import test_translations

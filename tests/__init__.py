from .lifecycle import *

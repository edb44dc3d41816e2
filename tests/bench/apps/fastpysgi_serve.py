"""fastpysgi has no command: fastpysgi_serve.py MODULE:ATTRIBUTE PORT"""

import sys
from importlib import import_module
from operator import attrgetter

import fastpysgi

module, attribute = sys.argv[1].split(":")
fastpysgi.server.backlog = 2048
fastpysgi.run(attrgetter(attribute)(import_module(module)), "127.0.0.1", int(sys.argv[2]))

"""Runs a script inside Puff, on a greenlet: `puff run inside.main FOLDER SCRIPT ARG..`."""

import os
import runpy
import sys

from puff._programs import keep_signals


def main(folder: str, script: str, *arguments: str) -> None:
    keep_signals()
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")

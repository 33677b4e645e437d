"""Puts the program of one platform into the wheel, where pip installs scripts from."""

import os
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Program(BuildHookInterface):
    def initialize(self, version, build_data):
        (program,) = Path(self.root, "program").iterdir()
        build_data["pure_python"] = False
        build_data["tag"] = os.environ["DITS_WHEEL_TAG"]
        build_data["shared_scripts"][str(program)] = program.name

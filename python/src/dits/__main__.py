"""``python -m dits`` is the program."""

import os
import subprocess
import sys

from ._program import program


def main() -> int:
    command = [program(), *sys.argv[1:]]
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())

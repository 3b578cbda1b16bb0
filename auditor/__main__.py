"""The command `auditor`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line; the version is answered without loading it."""
    if sys.argv[1:] == ["--version"]:
        from auditor import __version__

        sys.stdout.write(f"auditor {__version__}\n")
        return
    # Start-up and audits make much that lives on and next to nothing that dies in circles: search for it seldom.
    gc.set_threshold(100_000, 50, 50)
    from auditor.cli.main import run

    code = run()
    # What is left goes with the process: looking through all of it for circles takes as long as a small audit.
    gc.freeze()
    gc.disable()
    sys.exit(code)


if __name__ == "__main__":
    main()

"""The command `auditor`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; the version is answered without loading it."""
    if sys.argv[1:] == ["--version"]:
        from auditor import __version__

        sys.stdout.write(f"auditor {__version__}\n")
        return
    from auditor.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()

"""Exit codes (README.md lists them: they are part of the interface)."""

OK = 0  # complete, nothing at or above the threshold
INTERNAL = 1  # an error of the tool itself
USAGE = 2  # the command line
BAD_INPUT = 3  # bad input, configuration or content
INCOMPLETE = 4  # a complete run was impossible
FINDINGS = 10  # complete, findings at or above the threshold

"""``python -m hms_kernel`` is ``hms``."""

from hms_kernel.cli import main

main()

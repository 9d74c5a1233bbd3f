"""`python -m webapp.cli` is `gongban`."""

import sys

from webapp.cli import main

sys.exit(main())

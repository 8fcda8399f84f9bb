"""``python -m clipclean`` does what ``clipclean`` does."""

import sys

from clipclean.cli import main

if __name__ == "__main__":
    sys.exit(main())

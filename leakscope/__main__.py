"""`python -m leakscope` is the command `leakscope`."""

from leakscope.cli import main

if __name__ == "__main__":
    main()

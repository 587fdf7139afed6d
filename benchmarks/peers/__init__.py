"""The monitors that ours are compared with, each in a virtual environment of its own."""

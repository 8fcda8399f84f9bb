"""Thin adapters to other tools, one file each; none of them is imported until it is asked for."""

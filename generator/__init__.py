"""Convenant: plain-text records to the legal documents of a Commission Permanente.

The pipeline runs one way: load, check, plan, render, convert, assemble. Each stage is the module
of the same name; `service.Workspace` is the door that every skin (command line, web) uses.
"""

__version__ = "0.1.0"

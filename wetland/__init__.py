"""Zones, law, screening and records for the people who look after a protected wetland (湿地).

``import wetland`` imports nothing heavy. Start with :mod:`wetland.operations`, or with one
capability (:mod:`wetland.zones`, :mod:`wetland.regulations`) in a notebook.
"""

__version__ = "0.1.0"

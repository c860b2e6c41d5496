"""Zones (分区): boundaries with their versions, who is inside, areas, topology and datums.

Pure: no store, no clock, no network. Start with `wetland.zones.locate.locate`.
"""

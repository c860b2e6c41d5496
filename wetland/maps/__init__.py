"""Maps (地图) that need no network: GeoJSON and frames in, a `folium.Map` out.

folium is imported here and nowhere else. Nothing in this package reads a file, a store or a clock.
"""

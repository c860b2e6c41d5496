"""The Streamlit app (应用): thin pages over `wetland.operations`.

Streamlit is imported here and nowhere else. A page asks an operation and shows the answer; it
decides nothing about zones or law. Every word on screen is a `Text`; a test reads the source and
refuses a bare string.
"""

"""Screening (筛查): things x zones x rules on the day of the act -> findings.

``read`` turns a file into observations and problems, ``screen`` turns observations into findings.
"""

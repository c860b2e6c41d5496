"""Screening row by row: each observation by itself, as plainly as the rule of decision reads.

What `wetland.screening` answers column by column must be the same to the byte.
"""

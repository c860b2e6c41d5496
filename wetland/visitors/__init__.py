"""Visitors (游客): counts, load against capacity, forecasts, parking guidance, balance of use."""

"""Tests of `wetland.visitors`."""

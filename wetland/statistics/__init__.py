"""Statistics of series: trends, censored values, bootstrap, forecasts. Pure; no store, no clock."""

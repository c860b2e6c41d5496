"""Water quality: standards as data, classes and what limits them, trends, forecasts, findings."""

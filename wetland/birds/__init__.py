"""Birds: measures of diversity and indices of populations from counts. Pure; no store, no clock."""

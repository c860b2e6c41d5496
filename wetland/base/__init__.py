"""The vocabulary every other package shares: errors, texts, tables, problems, findings, places."""

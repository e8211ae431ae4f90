"""The ground of the house: plain Python, no database, no web framework."""

"""The face of the analyst: look-alikes, topics, hints and search, for those who work with opinions."""

"""Text analysis that runs offline and only suggests: look-alikes, topics, routing hints (S10, S17). Plain Python."""

"""Django's commands that this house does otherwise."""

"""The demo city: Puyang's real areas, invented people; built only by calling acts."""

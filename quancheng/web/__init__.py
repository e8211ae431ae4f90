"""The faces: what people see in a browser. No tables here; pages call acts and queries."""

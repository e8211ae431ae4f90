"""Meetings at the desk: the secretariat, the registrar at the door, the member with his phone."""

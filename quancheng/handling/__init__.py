"""办理: assignment to units, objections, answers, ratings, redo, reminders. One engine for every matter (M37)."""

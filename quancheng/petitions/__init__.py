"""信访: petitions, their classes, routes, clocks, reviews; accusations apart, under seal (M60 ⑤, R7.30–R7.40, S02)."""

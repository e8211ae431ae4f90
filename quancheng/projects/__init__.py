"""民生实事项目: 群众提、代表决、政府办、人大评 — one identity from the first wish to the rating a year later."""

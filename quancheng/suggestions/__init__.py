"""代表建议: drafts, co-signers who each confirm, intake, motions told apart, import, rating, publication (R7.01–R7.17)."""

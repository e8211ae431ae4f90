"""工作台: the face for the congress's offices, station staff, reviewers, administrators and auditors."""

"""The public site (网站): everything a resident needs, without an account and without JavaScript."""

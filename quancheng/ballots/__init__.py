"""The secret ballot by device in the hall: a pure core whose archive anybody can verify offline.

Encrypted ballots are added up under a key that five scrutineers made together; three of them open the sums, never a
single ballot. docs/ballots.md is the specification, docs/decisions/0007-secret-ballots.md what is claimed and what not.
Plain Python: no Django, no clock, no tables; of the house only quancheng.kernel may be imported.
"""

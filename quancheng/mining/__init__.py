"""What many texts say, found offline on two cores: look-alikes, topics, routing hints.

Every module takes texts and gives numbers and positions; it knows no opinion, no tables, no clock, and decides
nothing. docs/analysis.md has the methods, the figures and where they fail. Plain Python with numpy: no Django; of
the house only quancheng.kernel may be imported.
"""

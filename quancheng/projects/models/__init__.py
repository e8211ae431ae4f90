"""The tables of projects, gathered from the modules that hold them."""

from quancheng.projects.models.carrying import (
    Carry,
    Change,
    Follower,
    Inspection,
    Milestone,
    Outcome,
    Report,
)
from quancheng.projects.models.screening import Dossier, Money, Question, Remark, Review, View
from quancheng.projects.models.wishes import Call, Hiding, Picture, Project

__all__ = [
    "Call", "Carry", "Change", "Dossier", "Follower", "Hiding", "Inspection", "Milestone", "Money", "Outcome", "Picture",
    "Project", "Question", "Remark", "Report", "Review", "View",
]  # fmt: skip

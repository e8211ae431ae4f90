"""The tables of contact, gathered from the modules that hold them."""

from quancheng.contact.models.bonds import (
    Code,
    ContactNote,
    ContactReminder,
    GridSeat,
    GroupTopic,
    Pairing,
    ResidentGroup,
    TopicVoice,
)
from quancheng.contact.models.duty import (
    CheckIn,
    DutyCorrection,
    DutyFact,
    ReportQuestion,
    ReportVoter,
    TaskTag,
    VotersReport,
)
from quancheng.contact.models.opinions import (
    Advice,
    HandOver,
    OpinionPicture,
    ResidentOpinion,
    SealedReading,
    Tablet,
)
from quancheng.contact.models.receptions import Booking, Reception, ReceptionDeputy
from quancheng.contact.models.sites import (
    Activity,
    ActivityDeputy,
    ActivityPicture,
    ClosedDay,
    Demonstration,
    DemonstrationMark,
    DemonstrationReview,
    OpeningHours,
    RotaTurn,
    SiteCheck,
    SiteCheckItem,
    SiteProfile,
)
from quancheng.contact.models.study import (
    Course,
    Material,
    QuizAnswer,
    QuizAttempt,
    QuizOption,
    QuizQuestion,
    SignUp,
    StudyPlan,
)

__all__ = [
    "Activity", "ActivityDeputy", "ActivityPicture", "Advice", "Booking", "CheckIn", "ClosedDay", "Code", "ContactNote",
    "ContactReminder", "Course", "Demonstration", "DemonstrationMark", "DemonstrationReview", "DutyCorrection",
    "DutyFact", "GridSeat", "GroupTopic", "HandOver", "Material", "OpeningHours", "OpinionPicture", "Pairing",
    "QuizAnswer", "QuizAttempt", "QuizOption", "QuizQuestion", "Reception", "ReceptionDeputy", "ReportQuestion",
    "ReportVoter", "ResidentGroup", "ResidentOpinion", "RotaTurn", "SealedReading", "SignUp", "SiteCheck", "SiteCheckItem", "SiteProfile",
    "StudyPlan", "Tablet", "TaskTag", "TopicVoice", "VotersReport",
]  # fmt: skip

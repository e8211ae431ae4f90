"""Where each opinion of a consultation stands: among its look-alikes and in a topic. Derived: words are not kept here."""

from django.db import models


class Study(models.Model):
    """The analysis of one consultation: how far it has read, and the stamp of its topics."""

    consultation = models.OneToOneField("consultations.Consultation", on_delete=models.CASCADE, related_name="study")
    taken_id = models.BigIntegerField(default=0)  # the last opinion that was read
    taken = models.PositiveIntegerField(default=0)
    erased = models.PositiveIntegerField(default=0)  # how many erased ones were left out; more of them: read anew
    job_id = models.BigIntegerField(null=True)  # the last run over topics
    topics_at = models.DateTimeField(null=True)
    topics_of = models.PositiveIntegerField(default=0)  # how many opinions the topics were made from
    version = models.CharField(max_length=20, blank=True)  # of the method
    coverage = models.FloatField(default=0)  # share of opinions that lie well in their topic


class Topic(models.Model):
    """主题: named by its own words until a person names it; what a person named, joined or parted stays."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="topics")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(max_length=60)
    words = models.CharField(max_length=200, blank=True)
    kept_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="topic_number_once")]


class Place(models.Model):
    """Where one opinion stands. Leader: the first of its look-alikes, itself when it has none; null: not a letter in it."""

    opinion = models.OneToOneField("consultations.Opinion", on_delete=models.CASCADE, related_name="analysis")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="places")
    leader = models.ForeignKey("consultations.Opinion", null=True, on_delete=models.CASCADE, related_name="+")
    carries = models.ForeignKey("consultations.Opinion", null=True, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="places")
    fit = models.FloatField(default=0)  # how well it lies in its topic, 0 to 1

    class Meta:
        indexes = [models.Index(fields=["study", "leader"]), models.Index(fields=["topic", "-fit"])]

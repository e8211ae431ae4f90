"""The public ledger: entries (salted digests, never words), the nodes of their tree, signed checkpoints."""

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """台账条目: one act on one subject. The digest is SHA-256(salt ‖ words); words and salt live elsewhere."""

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    organ = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=64, db_index=True)
    digest = models.BinaryField(max_length=32)
    detail = models.TextField(blank=True)
    leaf_index = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(leaf_index=None), name="entry_unsealed")]


class Node(models.Model):
    """A hash of a complete subtree (RFC 6962): level 0 are the leaves."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_node_a_place")]


class Checkpoint(models.Model):
    """A signed statement of size and root (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

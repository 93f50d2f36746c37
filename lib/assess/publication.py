"""What the public may see: nothing about a proposed investor before the decision."""

from __future__ import annotations

from dataclasses import replace

from lib.domain.observation import Attribute, Evidence, standings_by_subject

STATUS = "status"


def is_public(attribute: Attribute, status: object) -> bool:
    """Whether an attribute may be shown of a cluster in this status; an unknown status is not enough."""
    return not attribute.public_in or status in attribute.public_in


def public_part(evidence: Evidence) -> Evidence:
    """
    The part of the evidence that a visitor without an account may see.

    The catalogue says for each attribute in which legal status of its cluster it is public (`public_in`).
    """
    shown = {
        (subject, attribute): standing
        for (subject, attribute), standing in evidence.standings.items()
        if is_public(evidence.attributes[attribute], evidence.get(subject, STATUS).value)
    }
    return replace(evidence, standings=shown, by_subject=standings_by_subject(shown))

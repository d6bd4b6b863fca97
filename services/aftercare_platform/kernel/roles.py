"""What people do in a program."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member does in the program; a member may hold several."""

    PLANNER = "planner"
    CASE_MANAGER = "case_manager"
    SUPERVISOR = "supervisor"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"

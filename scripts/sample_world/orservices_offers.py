"""What the organizations of the ORServices export offer.

Term names are those of the Open Eligibility taxonomy (Aunt Bertha, CC BY-SA 3.0).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """A sort of service: its title, its terms, whom it is for, when it is open; how many there are."""

    title: str
    terms: tuple[str, ...]
    situations: tuple[str, ...]
    weekday: str
    opens: str
    closes: str
    common: int = 1
    fees: str = "Free"


_WEEK = "monday,tuesday,wednesday,thursday,friday"

COMMON = (
    Offer(
        "Food Pantry",
        ("Food Pantry", "Emergency Food"),
        ("Anyone in Need",),
        "tuesday,thursday",
        "10:00am",
        "2:00pm",
        5,
    ),
    Offer(
        "Bus and Metro Passes",
        ("Bus Passes", "Help Pay for Transit"),
        ("Low-income",),
        _WEEK,
        "9:00am",
        "4:00pm",
        3,
    ),
    Offer(
        "Rides to Treatment",
        ("Transportation for Healthcare",),
        ("Medicaid Recipient",),
        _WEEK,
        "8:00am",
        "6:00pm",
        2,
    ),
    Offer(
        "Family Day Nursery",
        ("Childcare", "Help Pay for Childcare"),
        ("Parents",),
        _WEEK,
        "7:00am",
        "6:00pm",
        4,
    ),
    Offer(
        "Parenting Class",
        ("Parenting Education",),
        ("Parents", "Families"),
        "wednesday",
        "6:00pm",
        "7:30pm",
        3,
    ),
    Offer(
        "Tenant and Family Law Clinic",
        ("Advocacy & Legal Aid",),
        ("Low-income",),
        "monday,thursday",
        "9:30am",
        "5:00pm",
        4,
    ),
    Offer(
        "Record Sealing Desk",
        ("Advocacy & Legal Aid",),
        ("Formerly Incarcerated",),
        "friday",
        "1:00pm",
        "5:00pm",
        2,
    ),
    Offer(
        "Benefits Enrollment",
        ("Government Benefits", "Health Insurance"),
        ("Low-income",),
        _WEEK,
        "9:00am",
        "5:00pm",
        4,
    ),
    Offer(
        "Rent Help", ("Help Pay for Housing",), ("Near Homeless",), "monday,wednesday", "9:00am", "12:00pm", 3
    ),
    Offer(
        "Job Placement Desk",
        ("Job Placement", "Help Find Work"),
        ("Unemployed",),
        _WEEK,
        "9:00am",
        "5:00pm",
        5,
    ),
    Offer(
        "Resume Lab",
        ("Resume Development", "Interview Training"),
        ("Unemployed",),
        "tuesday,thursday",
        "5:30pm",
        "8:00pm",
        2,
    ),
    Offer(
        "Supported Employment",
        ("Supported Employment",),
        ("Substance Dependency",),
        _WEEK,
        "9:00am",
        "5:00pm",
        2,
    ),
    Offer(
        "Peer Recovery Coaching",
        ("Peer Support",),
        ("Substance Dependency",),
        _WEEK,
        "10:00am",
        "7:00pm",
        3,
    ),
    Offer(
        "Recovery Support Circle",
        ("Support Groups",),
        ("Substance Dependency",),
        "tuesday",
        "6:30pm",
        "8:00pm",
        4,
    ),
    Offer(
        "Outpatient Treatment",
        ("Outpatient Treatment", "Substance Abuse Counseling"),
        ("Substance Dependency", "Medicaid Recipient"),
        _WEEK,
        "8:30am",
        "6:00pm",
        6,
        "Medicaid; sliding scale",
    ),
    Offer(
        "Grief Group",
        ("Support Groups", "Bereavement"),
        ("Anyone in Need",),
        "thursday",
        "7:00pm",
        "8:30pm",
        2,
    ),
)

LANDMARKS = (
    # organization, ZIP, offer, languages
    (
        "Kestrel House of Families",
        "20011",
        Offer(
            "Evening Childcare for Parents in Recovery",
            ("Childcare",),
            ("Parents",),
            _WEEK,
            "4:00pm",
            "9:00pm",
        ),
        ("English", "Spanish"),
    ),
    (
        "Las Gaviotas",
        "20010",
        Offer(
            "Grupo de Apoyo para Mujeres",
            ("Support Groups",),
            ("Women/Girls", "Substance Dependency"),
            "thursday",
            "6:30pm",
            "8:00pm",
        ),
        ("Spanish",),
    ),
    (
        "Uptown Work Exchange",
        "20011",
        Offer(
            "Evening Job Placement",
            ("Job Placement", "Help Find Work"),
            ("Unemployed",),
            "monday,tuesday,wednesday,thursday",
            "5:00pm",
            "8:30pm",
        ),
        ("English", "Spanish"),
    ),
    (
        "Slate Street Clinic",
        "20012",
        Offer(
            "Evening Outpatient Program",
            ("Outpatient Treatment", "Substance Abuse Counseling", "Medications for Addiction"),
            ("Substance Dependency", "Medicaid Recipient"),
            _WEEK,
            "3:00pm",
            "9:00pm",
            fees="Medicaid; sliding scale",
        ),
        ("English", "Spanish"),
    ),
    (
        "Meridian Fare Fund",
        "20011",
        Offer(
            "Transit Cards for Appointments",
            ("Bus Passes",),
            ("Substance Dependency",),
            _WEEK,
            "9:00am",
            "6:00pm",
        ),
        ("English", "Spanish"),
    ),
)
UNKNOWN_TERM = "Moonlight Gardening"

"""HTTP in front: pages for staff and agencies. The services behind decide; nothing is kept here."""

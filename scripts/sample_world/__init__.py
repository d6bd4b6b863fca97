"""An invented metropolitan area, told in the formats of the real directories.

ZIPs, city names and centroids are real (Washington, its Maryland and Virginia suburbs); every street
address, organization, phone (555-01xx) and web address (example.org) is made up. The rows carry the
dirt of real feeds in stated numbers, each kind with the verdict an importer owes it (`dirt.py`).
"""

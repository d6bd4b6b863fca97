"""The directory: public facts about organizations, services, places and listings; it knows no person."""

"""The files of an ORServices export and their columns, as version 2023 writes them."""

from __future__ import annotations

COLUMNS = {
    name: tuple(columns.split())
    for name, columns in {
        "accessibility_for_disabilities": "id location_id accessibility details",
        "languages": "id service_id location_id language language_recordid",
        "location_addresses": "id location_recordid address_recordid created_at updated_at",
        "locations": "id organization_id name alternate_name description transportation latitude longitude "
        "location_services location_phones location_details location_schedule location_address location_tag "
        "enrich_flag flag",
        "organizations": "id name alternate_name description email url tax_status tax_id year_incorporated "
        "legal_status organization_tag parent_organization organization_services organization_phones "
        "organization_locations organization_contact organization_details organization_code "
        "organization_website_rating facebook_url twitter_url instagram_url logo",
        "phones": "id location_id service_id organization_id contact_id service_at_location_id number "
        "extension type language description department priority",
        "physical_addresses": "id location_id attention address_1 address_2 address_3 address_4 city region "
        "state_province postal_code country address_services address_organization",
        "programs": "id organization_id name alternate_name description program_service_relationship "
        "services",
        "schedules": "id name service_id location_id service_at_location_id weekday valid_from valid_to "
        "opens closes dtstart until wkst freq interval byday byweekno bymonthday byyearday description "
        "opens_at closes_at schedule_holiday schedule_closed open_24_hours",
        "service_attributes": "id service_id taxonomy_term_id",
        "services": "service_recordid service_name service_alternate_name service_organization "
        "service_description service_locations service_url service_email service_status access_requirement "
        "service_taxonomy service_application_process service_wait_time service_fees service_accreditations "
        "service_licenses service_phones service_schedule service_contacts service_details service_address "
        "service_metadata service_program service_code SDOH_code code_category_ids procedure_grouping "
        "service_tag service_airs_taxonomy_x flag bookmark service_language service_interpretation "
        "eligibility_description minimum_age maximum_age service_alert",
        "services_at_location": "id service_id location_id description",
        "taxonomy_terms": "taxonomy_recordid taxonomy_name taxonomy_parent_name exclude_vocabulary taxonomy "
        "category_logo category_logo_white taxonomy_grandparent_name taxonomy_vocabulary "
        "taxonomy_x_description taxonomy_x_notes language taxonomy_services taxonomy_parent_recordid "
        "taxonomy_facet category_id taxonomy_id order badge_color flag status",
        "taxonomy_terms_types": "taxonomy_recordid taxonomy_type_recordid",
        "taxonomy_types": "taxonomy_type_recordid name type order reference_url notes",
    }.items()
}
"""File name (without .csv) to its columns, in the export's order."""

"""What canonical codes are called, in both languages.

A need category is a census category. Its name is never evidence that a pupil has ALN.
Source: StatsWales, reports of ALN or SEN in maintained schools by type of need and of provision.
"""

from __future__ import annotations

from mis_bridge.domain.words import Words

_PROVISION = {
    "none": Words("None identified", "Dim wedi'i nodi"),
    "school_action": Words("School Action", "Gweithredu gan yr Ysgol"),
    "school_action_plus": Words("School Action Plus", "Gweithredu gan yr Ysgol a Mwy"),
    "early_years_action": Words("Early Years Action", "Gweithredu yn y Blynyddoedd Cynnar"),
    "early_years_action_plus": Words(
        "Early Years Action Plus", "Gweithredu yn y Blynyddoedd Cynnar a Mwy"
    ),
    "statement": Words("Statement", "Datganiad"),
    "idp_school": Words("IDP maintained by the school", "CDU a gynhelir gan yr ysgol"),
    "idp_la": Words(
        "IDP maintained by the local authority", "CDU a gynhelir gan yr awdurdod lleol"
    ),
    "english_sen_support": Words("SEN support (England)", "Cymorth AAA (Lloegr)"),
    "english_ehc_plan": Words("EHC plan (England)", "Cynllun AIG (Lloegr)"),
    "unknown": Words("Code not recognised", "Cod heb ei adnabod"),
}

_NEEDS = {
    "moderate_learning_difficulties": Words(
        "Moderate learning difficulties", "Anawsterau dysgu cymedrol"
    ),
    "general_learning_difficulties": Words(
        "General learning difficulties", "Anawsterau dysgu cyffredinol"
    ),
    "severe_learning_difficulties": Words(
        "Severe learning difficulties", "Anawsterau dysgu difrifol"
    ),
    "profound_multiple_learning_difficulties": Words(
        "Profound and multiple learning difficulties", "Anawsterau dysgu dwys ac amryfal"
    ),
    "dyslexia": Words("Dyslexia", "Dyslecsia"),
    "dyscalculia": Words("Dyscalculia", "Dyscalcwlia"),
    "dyspraxia": Words("Dyspraxia", "Dyspracsia"),
    "attention_deficit_hyperactivity_disorder": Words(
        "Attention deficit hyperactivity disorder", "Anhwylder diffyg canolbwyntio a gorfywiogrwydd"
    ),
    "autistic_spectrum_disorders": Words(
        "Autistic spectrum disorders", "Anhwylderau'r sbectrwm awtistig"
    ),
    "physical_medical_difficulties": Words(
        "Physical and medical difficulties", "Anawsterau corfforol a meddygol"
    ),
    "hearing_impairment": Words("Hearing impairment", "Nam ar y clyw"),
    "visual_impairment": Words("Visual impairment", "Nam ar y golwg"),
    "multi_sensory_impairment": Words("Multi-sensory impairment", "Nam amlsynhwyraidd"),
    "speech_language_communication_difficulties": Words(
        "Speech, language and communication difficulties",
        "Anawsterau lleferydd, iaith a chyfathrebu",
    ),
    "behavioural_emotional_social_difficulties": Words(
        "Behavioural, emotional and social difficulties",
        "Anawsterau ymddygiadol, emosiynol a chymdeithasol",
    ),
    "unknown": Words("Category not recognised", "Categori heb ei adnabod"),
}

_RELATIONSHIPS = {
    "mother": Words("Mother", "Mam"),
    "father": Words("Father", "Tad"),
    "step_mother": Words("Stepmother", "Llysfam"),
    "step_father": Words("Stepfather", "Llystad"),
    "foster_carer": Words("Foster carer", "Gofalwr maeth"),
    "guardian": Words("Guardian", "Gwarcheidwad"),
    "grandmother": Words("Grandmother", "Mam-gu (nain)"),
    "grandfather": Words("Grandfather", "Tad-cu (taid)"),
    "sister": Words("Sister", "Chwaer"),
    "brother": Words("Brother", "Brawd"),
    "aunt": Words("Aunt", "Modryb"),
    "uncle": Words("Uncle", "Ewythr"),
    "social_worker": Words("Social worker", "Gweithiwr cymdeithasol"),
    "unknown": Words("Relationship not known", "Perthynas anhysbys"),
}
_ROLES = {
    "child": Words("The child", "Y plentyn"),
    "young_person": Words("The young person", "Y person ifanc"),
    "parent": Words("Parent", "Rhiant"),
    "carer": Words("Carer", "Gofalwr"),
    "case_friend": Words("Case friend", "Cyfaill achos"),
    "representative": Words("Representative", "Cynrychiolydd"),
    "iro": Words("Independent reviewing officer", "Swyddog adolygu annibynnol"),
    "governing_body": Words("Governing body", "Corff llywodraethu"),
    "person_in_charge": Words(
        "Person in charge of the accommodation", "Y person sy'n gyfrifol am y llety"
    ),
    "other_body": Words("Another body", "Corff arall"),
    "on_behalf": Words("On behalf of the person", "Ar ran y person"),
    "parental_responsibility": Words("Parental responsibility", "Cyfrifoldeb rhiant"),
}
_BODIES = {
    "school": Words("The school", "Yr ysgol"),
    "fei": Words("The further education institution", "Y sefydliad addysg bellach"),
    "la": Words("The local authority", "Yr awdurdod lleol"),
    "looking_after_la": Words(
        "The local authority that looks after the child",
        "Yr awdurdod lleol sy'n gofalu am y plentyn",
    ),
    "home_authority": Words("The home authority", "Yr awdurdod cartref"),
    "nhs": Words("The NHS body", "Corff y GIG"),
}
_LANGUAGES = {
    "cy": Words("Welsh", "Cymraeg"),
    "en": Words("English", "Saesneg"),
    "both": Words("Welsh and English", "Cymraeg a Saesneg"),
    "cy,en": Words("Welsh and English", "Cymraeg a Saesneg"),
    "en,cy": Words("English and Welsh", "Saesneg a Chymraeg"),
    "bsl": Words("British Sign Language", "Iaith Arwyddion Prydain"),
}


def provision_label(code: str) -> Words | None:
    """Return what a provision type is called, None for a code that is no provision type."""
    return _PROVISION.get(code)


def need_label(code: str) -> Words | None:
    """Return what a need category is called, None for a code that is no category."""
    return _NEEDS.get(code)


def relationship_label(code: str) -> Words | None:
    """Return what a contact is to the pupil, None for a code that is no relationship."""
    return _RELATIONSHIPS.get(code)


def role_label(code: str) -> Words | None:
    """Return in what capacity, or on what basis, somebody has to do with a plan."""
    return _ROLES.get(code) or _RELATIONSHIPS.get(code)


def body_label(code: str) -> Words | None:
    """Return the kind of body that a code names (`la`, `school`), None for any other text."""
    return _BODIES.get(code)


def language_label(code: str) -> Words | None:
    """Return what a code of languages says (`cy`, `both`), None for any other text."""
    return _LANGUAGES.get(code.replace(" ", "").lower())

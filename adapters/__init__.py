"""Reading a school's MIS: one file a vendor."""

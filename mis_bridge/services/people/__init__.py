"""Who is who for a pupil, as a person records it and routing reads it."""

"""What goes on paper: forms, an authority's own templates, plans as documents."""

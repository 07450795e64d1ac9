"""Use cases: each works inside one transaction that it is handed."""

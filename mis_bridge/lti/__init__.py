"""LTI 1.3: from a platform's signed launch to a Launch value."""

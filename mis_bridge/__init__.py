"""mis_bridge: carries Welsh additional learning needs law inside a school's MIS."""

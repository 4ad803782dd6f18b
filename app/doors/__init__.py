"""What doors share: current actor, pages and partials, errors to words."""

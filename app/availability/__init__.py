"""Hours, exceptions and maintenance: what is offered. Entered by its faces alone."""

"""What people are told: messages as rows; sending them comes with their channels."""

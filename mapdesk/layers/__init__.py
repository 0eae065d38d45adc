"""What is shown and how: layer truth and styles, without drawing."""

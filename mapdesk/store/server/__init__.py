"""What a PostgreSQL server is told about rights, so that it holds them whoever asks and by whatever program."""

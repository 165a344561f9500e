"""The command line: parses arguments, prints, exits; one file per command."""

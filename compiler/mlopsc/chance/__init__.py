"""What chance does, by closed forms: read by whatever decides a default, and by what judges one."""

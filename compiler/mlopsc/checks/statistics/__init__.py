"""What the figures of a spec can mean: false alarms, the smallest shift, the smallest improvement."""

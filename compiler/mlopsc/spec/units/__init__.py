"""Values with a notation of their own: texts, numbers, shares, times, quantities, references."""

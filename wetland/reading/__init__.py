"""Read files of any kind as they are: what they are, their rows, their days and numbers."""

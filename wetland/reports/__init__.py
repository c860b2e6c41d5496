"""Documents (文书与导出): what leaves the program for people to read, write on and file."""

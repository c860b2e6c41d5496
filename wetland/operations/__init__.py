"""Operations: load, compute, save; the only place where science meets the store."""

"""The phone: what it keeps without signal, and what it sends afterwards."""

"""请核一核: what looks too good to be true, put as a question to staff; households drawn to be visited again."""

"""What a village is called without the word for what it is, so that 白坪, 白坪村 and 白坪村委会 are one."""

# The longest first.
_ENDINGS = ("社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")


def stem(words: str) -> str:
    """Return a village's name without its ending; a name that is nothing but the ending stays."""
    for ending in _ENDINGS:
        if words.endswith(ending) and len(words) > len(ending):
            return words.removesuffix(ending)
    return words

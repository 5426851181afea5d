"""进度总览: stored figures turned into plain values that the templates only have to show (screens)."""

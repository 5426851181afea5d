"""任务分解 in the browser: the figures a split goes by, its preview, and its versions."""

"""Sheets of others given back with our columns: 原表回填 of a 核查名单, 名单比对 of any list."""

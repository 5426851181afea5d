"""佐证材料: photos and papers of exemption claims and doses, and the pages on which claims are decided."""

"""台账变动: pages that show ledgers between two days, who moved and why, and that sign for a day."""

"""The law as dated data (条例即数据): rules, conditions in Kleene's logic, penalties, cases."""

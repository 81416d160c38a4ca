"""The report form: one turn of it is `form.py`; the rest are pure functions."""

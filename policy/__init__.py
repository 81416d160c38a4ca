"""Policy answers: a rule book in YAML, a search over it, and answers that name their source.

Knows neither Rasa nor tickets; everything here is a pure function of the rule book and a text.
"""

"""Entities found in a message turned into values: times, amounts, counts and grades."""

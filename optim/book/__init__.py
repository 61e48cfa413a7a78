"""The numbers behind a walk through the book's chapter 6: what can be seen in each of its pictures, measured."""

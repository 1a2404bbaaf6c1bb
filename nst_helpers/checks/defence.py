"""Whether a defence is written in words. What it says is for people to judge.

Any language will do. What is kept out is what nobody would call a sentence: too little, single letters, one word over
and over, fingers run over the keyboard, the question itself, and words that have nothing to do with the picture.
"""

import re
import unicodedata

from nst_helpers.checks.report import NotYet, mistake

WORDS, DIFFERENT, LONG = 8, 6, 3
# Scripts that put no spaces between words: each letter counts as a word.
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
VOWELS = set("aeiouyœæøıαεηιουωаеиоуыэюяієї")
ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "yxcvbnm", "zxcvbnm", "wxcvbn")
LINES = [line for row in ROWS for line in (row, row[::-1])]


def defended(text, terms):
    """NotYet unless a defence is made of words, and names a number or one of the task's terms (beginnings of words)."""
    asked = mistake("no_defence", f"the picture is as asked. Now defend it: a sentence of at least {WORDS} words, in "
                    "quotes.")
    words = words_of(text) if isinstance(text, str) else []
    if not words or set(words) <= set(words_of(asked)):
        raise NotYet(asked)
    if len(words) < WORDS:
        raise NotYet(mistake("short_defence", "the picture is as asked. Now defend it in a sentence of at least "
                             f"{WORDS} words; {len(words)} {'is' if len(words) == 1 else 'are'} there."))
    different = {word for word in words if len(word) >= (LONG if alphabetic(word) else 2) or unspaced(word)}
    if len(different) < DIFFERENT:
        raise NotYet(mistake("few_words", f"the picture is as asked, but the defence has only {len(different)} "
                             f"different words of {LONG} letters or more. {DIFFERENT} are the least with which one can "
                             "say why."))
    if 3 * sum(map(mashed, different)) > len(different):
        raise NotYet(mistake("no_words", "the picture is as asked, but the defence is hardly made of words. Say in "
                             "your own why you chose as you did."))
    if not re.search(r"\d", text) and not any(term in unaccented(text) for term in terms):
        raise NotYet(mistake("any_picture", "the picture is as asked, but the defence could stand under any picture. "
                             f"Name something of yours, such as a number, or one of these: {', '.join(terms)}."))


def words_of(text):
    """The words of a text in small letters; numbers and signs are none."""
    letters = []
    for sign in text.lower():
        kind = unicodedata.category(sign)[0]
        spaced = f" {sign} " if unspaced(sign) else sign
        letters.append(spaced if kind == "L" or (kind == "M" and not unspaced(sign)) else "" if kind == "M" else " ")
    return "".join(letters).split()


def unspaced(word):
    return unicodedata.name(word[0], "").startswith(UNSPACED)


def alphabetic(word):
    """Whether its script writes vowels as letters of their own."""
    return unicodedata.name(word[0], "").startswith(("LATIN", "GREEK", "CYRILLIC"))


def unaccented(word):
    return "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(sign) != "Mn")


def mashed(word):
    """Whether a word looks like fingers on a keyboard: along a row, one letter over and over, or without a vowel.

    Scripts that write no vowels, or none of these, are let through.
    """
    word = unaccented(word)
    if len(word) < 4:
        return False
    if not alphabetic(word):
        return len(set(word)) == 1
    share = sum(letter in VOWELS for letter in word) / len(word)
    along = max(length for length in range(len(word) + 1) for start in range(len(word) - length + 1)
                if any(word[start : start + length] in line for line in LINES))
    crowd = max(map(len, re.split(f"[{''.join(VOWELS)}]", word)))
    return not 0.16 < share < 0.85 or (along >= 4 and along > 0.6 * len(word)) or crowd > 5 or len(set(word)) < 3

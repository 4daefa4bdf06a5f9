"""The tables of the grammar: operators with Lean's precedences, and what we know to be foreign. Parses nothing."""

from __future__ import annotations

MAX = 1024  # the precedence of an atom

# spelling: (sign, precedence, least precedence on the left, least on the right)
INFIX: dict[str, tuple[str, int, int, int]] = {
    "↔": ("↔", 20, 21, 21),
    "→": ("→", 25, 26, 25),
    "∨": ("∨", 30, 31, 30),
    "∧": ("∧", 35, 36, 35),
    **{
        sign: (sign, 50, 51, 51)
        for sign in ("=", "≠", "<", "≤", ">", "≥", "∣", "∈", "∉", "≡", "==", "!=", "⊆")
    },
    "+": ("+", 65, 65, 66),
    "-": ("-", 65, 65, 66),
    "*": ("*", 70, 70, 71),
    "/": ("/", 70, 70, 71),
    "%": ("%", 70, 70, 71),
    "^": ("^", 75, 76, 75),
    "∘": ("∘", 90, 91, 90),
    "≃": ("≃", 25, 26, 26),
    "×": ("×", 35, 36, 35),
    "∪": ("∪", 65, 65, 66),
    "∩": ("∩", 70, 70, 71),
    "\\": ("\\", 70, 70, 71),
    "''": ("''", 80, 80, 81),
    "⁻¹'": ("⁻¹'", 80, 80, 81),
    "::": ("::", 67, 68, 67),
    "&&": ("∧", 35, 35, 36),  # Booleans are read as propositions
    "++": ("++", 65, 65, 66),
}
for _ascii, _sign in {"<->": "↔", "->": "→", "\\/": "∨", "/\\": "∧", "<=": "≤", ">=": "≥"}.items():
    INFIX[_ascii] = INFIX[_sign]
PIPES = ("<|", "$", "|>")
PIPE = 10  # the precedence of pipes, the loosest of all
RIGHT_CHAINS = ("→", "∨", "∧")
GUARDS = ("∈", "∉", "<", "≤", ">", "≥", "≠", "<=", ">=", "∣")

FOREIGN_OPERATORS = {
    "•": "scalar multiplication `•`",
    "⊂": "set inclusion `⊂`", "⊇": "set inclusion `⊇`",
    "⊔": "lattice operations",
    "⊓": "lattice operations", "⁅": "brackets `⁅⁆`", "∩₀": "sets", "▸": "`▸`",
    "ᵀ": "matrices", "⬝": "matrices", "∙": "`∙`", "<|>": "`<|>`", "≈": "`≈`", "≅": "`≅`",
    "⟶": "category theory", "⁻": "`⁻`", "ˢ": "sets",
}  # fmt: skip
FOREIGN_ATOMS = {
    "𝓝": "filters",
    "∫": "integrals", "∄": "`∄`", "@": "explicit application `@f`", "?": "holes `?_`", "·": "`·` functions",
    "Π": "Π types", "∞": "`∞`", "⊤": "`⊤`", "⊥": "`⊥`", "!": "Boolean `!`",
    "⋃": "set unions", "⋂": "set intersections", "∮": "integrals", "%": "`%`", "`": "quotations",
    "⨆": "suprema", "⨅": "infima", "∂": "measures", "∏ᶠ": "finprod", "∑'": "infinite sums", "#": "`#`",
}  # fmt: skip
FOREIGN_WORDS = {
    "match": "`match`", "do": "`do`", "by": "`by` inside a term", "have": "`have` inside a term",
    "show": "`show`", "suffices": "`suffices`", "calc": "`calc`", "nomatch": "`nomatch`",
    "Type": "types as variables", "Sort": "types as variables", "where": "`where`",
    "assume": "`assume`", "from": "`from`", "nofun": "`nofun`", "unless": "`unless`",
}  # fmt: skip
KEYWORDS = {
    "forall",
    "exists",
    "then",
    "else",
    "in",
    "with",
    "at",
    "end",
    "deriving",
    "mut",
    "return",
    "let",
    "if",
}
CLOSES = {"(": ")", "{": "}", "[": "]", "⦃": "⦄"}

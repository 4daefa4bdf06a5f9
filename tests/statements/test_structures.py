"""A structure is its fields: how it is read, what its values mean, and what a text may not do with it."""

from __future__ import annotations

import pytest

from hms_kernel.errors import InvalidStatement, StatementError, UnsupportedStatement
from hms_kernel.statements import parse, show
from hms_kernel.statements.evaluate import holds
from hms_kernel.statements.terms import Bundle

POLICY = """\
structure Policy where
  /-- in billions -/
  baseline : ℝ
  rate : ℝ
  confidence : ℝ := rate / 2
  deriving Repr
"""


def says(text: str, before: str = POLICY) -> str:
    """How a theorem about policies is understood: its conclusion, printed."""
    return show(parse(f"{before}\ntheorem t {text}").conclusion)


def refusal(text: str, before: str = POLICY) -> StatementError:
    with pytest.raises(StatementError) as caught:
        parse(f"{before}\ntheorem t {text}")
    return caught.value


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("(p : Policy) : p.rate = 1", "p_rate = 1"),
        ("(p : Policy) : Policy.rate p = 1", "p_rate = 1"),
        (": (⟨1, 2, 3⟩ : Policy).rate = 2", "(2 : ℝ) = 2"),
        (": (Policy.mk 1 2 3).confidence = 3", "(3 : ℝ) = 3"),
        (": ({ baseline := 1, rate := 2, confidence := 3 } : Policy).baseline = 1", "(1 : ℝ) = 1"),
        (": { baseline := 1, rate := 2, confidence := 3 : Policy }.baseline = 1", "(1 : ℝ) = 1"),
        ("(x : ℝ) : ({ rate := x, baseline := 1 } : Policy).confidence = 0", "x / 2 = 0"),
        ("(p : Policy) : { p with rate := 0 }.baseline = p.baseline", "p_baseline = p_baseline"),
        ("(p : Policy) : { p with rate := 0 }.confidence = 0", "p_confidence = 0"),
        ("(p q : Policy) : p = q", "p_baseline = q_baseline ∧ p_rate = q_rate ∧ p_confidence = q_confidence"),
        ("(p : Policy) : p ≠ ⟨0, 0, 0⟩", "¬(p_baseline = 0 ∧ p_rate = 0 ∧ p_confidence = 0)"),
        ("(f : Policy → ℝ) (p : Policy) : f p = 0", "f p_baseline p_rate p_confidence = 0"),
        ("(n : ℕ) (p : Fin n → Policy) : ∑ i, (p i).rate = 0", "∑ i : Fin n, p_rate i = 0"),
        (": ∃ p : Policy, p.rate = 1", "∃ p_baseline : ℝ, ∃ p_rate : ℝ, ∃ p_confidence : ℝ, p_rate = 1"),
        ("(p : Policy) : let q := { p with rate := 5 }; q.rate = 5", "(5 : ℝ) = 5"),
    ],
)  # fmt: skip
def test_a_record_is_its_fields(text: str, meaning: str):
    assert says(text) == meaning


def test_a_variable_becomes_one_variable_for_each_field_and_remembers_which():
    statement = parse(f"{POLICY}\ntheorem t (p : Policy) (x : ℝ) : p.rate = x")

    assert [var.name for var in statement.variables] == [
        "p_baseline",
        "p_rate",
        "p_confidence",
        "x",
    ]
    assert statement.bundles == (
        Bundle(
            "p",
            (Bundle("p_baseline"), Bundle("p_rate"), Bundle("p_confidence")),
            ("baseline", "rate", "confidence"),
        ),
    )


def test_a_field_never_takes_the_name_of_another_variable():
    statement = parse(f"{POLICY}\ntheorem t (p_rate : ℝ) (p : Policy) : p.rate = p_rate")

    assert show(statement.conclusion) == "p_rate_1 = p_rate"


def test_what_a_structure_says_of_its_fields_is_assumed():
    before = "structure Range where\n  (lo hi : ℝ)\n  ordered : lo ≤ hi\n  width : 1 ≤ hi - lo"

    statement = parse(f"{before}\ntheorem t (r : Range) : r.lo < r.hi")

    assert [(h.name, show(h.prop)) for h in statement.hypotheses] == [
        ("r_ordered", "r_lo ≤ r_hi"),
        ("r_width", "1 ≤ r_hi - r_lo"),
    ]
    inner = parse(f"{before}\ntheorem t : ∀ x : ℝ, ¬∃ r : Range, r.lo = r.hi").conclusion
    assert "r_lo ≤ r_hi ∧ 1 ≤ r_hi - r_lo ∧" in show(inner)


def test_values_that_need_a_proof_are_not_made_up():
    before = "structure Range where\n  (lo hi : ℝ)\n  ordered : lo ≤ hi"

    assert "needs proofs" in refusal(": (⟨1, 0, sorry⟩ : Range).lo = 1", before).message


def test_definitions_in_a_structures_namespace_go_by_dot_notation():
    before = POLICY + "def Policy.effect (p : Policy) (x : ℝ) : ℝ := p.rate * x\n"

    assert says("(p : Policy) : p.effect 2 = Policy.effect p 2", before) == (
        "p_rate * 2 = p_rate * 2"
    )


def test_fields_may_be_of_any_type_of_the_fragment_and_of_earlier_structures():
    before = (
        POLICY
        + "structure Plan where\n  n : ℕ\n  weights : Fin n → ℝ\n  first : Policy\n  all : List Policy\n"
    )

    assert says("(q : Plan) : ∑ i, q.weights i = q.first.rate", before) == (
        "∑ i : Fin q_n, q_weights i = q_first_rate"
    )
    assert says("(q : Plan) : q.all.length = 0", before) == "q_all_length = 0"


def test_the_inner_of_two_structures_of_one_name_is_meant():
    before = "structure P where\n  a : ℝ\nnamespace N\nstructure P where\n  b : ℕ\n"

    assert says("(p : P) : p.b = 0", before) == "p_b = 0"
    assert "has no field 'a'" in refusal("(p : P) : p.a = 0", before).message
    assert says("(p : P) : p.a = 0", before + "end N\n") == "p_a = 0"


def test_two_opened_structures_of_one_name_are_ambiguous():
    before = "namespace A\nstructure P where\n  a : ℝ\nend A\nnamespace B\nstructure P where\n  a : ℕ\nend B\nopen A B\n"

    error = refusal("(p : P) : p.a = 0", before)

    assert isinstance(error, UnsupportedStatement)
    assert "could be A.P or B.P" in error.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(p : Policy) : p.cost = 1", "Policy has no field 'cost'"),
        (": ({ baseline := 1 } : Policy).rate = 1", "the field 'rate' of Policy is missing"),
        (": ({ cost := 1 } : Policy).rate = 1", "Policy has no field 'cost'"),
        ("(p : Policy) : p = 1", "expected here"),
        ("(p : Policy) : p + p = p", "no arithmetic"),
        ("(p : Policy) : p.rate 1 = 1", "takes no argument"),
        (": Policy = Policy", "the type Policy"),
        ("(p : Polcy) : 1 = 1", "Polcy"),
    ],
)  # fmt: skip
def test_what_does_not_typecheck_is_invalid(text: str, message: str):
    error = refusal(text)

    assert isinstance(error, InvalidStatement)
    assert message in error.message
    assert error.line
    assert error.excerpt.endswith("^")


@pytest.mark.parametrize(
    ("command", "construct"),
    [
        ("structure P (α : Type) where\n  a : α", "parameters"),
        ("structure P extends Q where\n  a : ℝ", "extends"),
        ("structure P where\n  mk' ::\n  a : ℝ", "constructor"),
        ("structure P where\n  {a : ℝ}", "implicit field"),
        ("structure P", "without fields"),
        ("class P where\n  a : ℝ", "class"),
        ("inductive P\n  | a", "inductive"),
    ],
)  # fmt: skip
def test_a_structure_outside_the_fragment_is_named_where_it_is_used(command: str, construct: str):
    assert show(parse(f"{command}\ntheorem t : 1 = 1").conclusion) == "1 = 1"

    error = refusal("(p : P) : p = p", command)

    assert isinstance(error, UnsupportedStatement)
    assert construct in error.message


def test_a_field_outside_the_fragment_is_named_at_its_place():
    error = refusal("(p : P) : p = p", "structure P where\n  a : ℝ\n  s : Finset ℝ\n")

    assert isinstance(error, UnsupportedStatement)
    assert (error.line, error.column) == (3, 7)
    assert "Finset" in error.message


def test_a_broken_structure_command_is_invalid_at_its_place():
    error = refusal("(p : P) : p.a = 1", "structure P where\n  a ℝ\n")

    assert isinstance(error, InvalidStatement)
    assert "':'" in error.message
    assert error.line == 2


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("(p : Policy) : p.1 = p.2", "p_baseline = p_rate"),
        ("(s : ℝ × ℝ) : s.1 + s.snd = 0", "s_fst + s_snd = 0"),
        ("(x : ℝ) : (x, 2 * x) = (3, 6)", "x = 3 ∧ 2 * x = 6"),
        ("(s : ℝ × ℕ) : s = (1, 2)", "s_fst = 1 ∧ s_snd = 2"),
        ("(s : ℝ × ℝ × ℝ) : s.2.1 = 0", "s_snd_fst = 0"),
        ("(f : ℝ × ℝ → ℝ) : f (1, 2) = 3", "f 1 2 = 3"),
        ("(ps : List (ℝ × ℝ)) : (ps.map fun p => p.1 * p.2).sum = 0", "∑ i : Fin ps_length, ps_fst i * ps_snd i = 0"),
        (": (![1, 2, 3] 1 : ℕ) = 2", "2 = 2"),
    ],
)  # fmt: skip
def test_pairs_are_records_and_vectors_are_functions(text: str, meaning: str):
    assert says(text) == meaning


def test_a_vector_is_worth_its_items():
    assert holds(parse("¬¬(∑ i : Fin 3, ![1, 2, 4] i = 7)").conclusion, {})


def test_a_pair_is_no_value_of_a_structure_that_looks_like_one():
    before = "structure Two where\n  fst : ℝ\n  snd : ℝ\n"

    assert "expected here" in refusal("(p : Two) : p = (1, 2)", before).message


def test_a_projection_by_number_is_read_where_every_member_is_a_field():
    before = "structure Range where\n  (lo hi : ℝ)\n  ordered : lo ≤ hi"

    assert "the projection .1" in refusal("(r : Range) : r.1 = 0", before).message
    assert "the projection .4" in refusal("(p : Policy) : p.4 = 0").message

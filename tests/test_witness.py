"""Saved verdicts stand by themselves, and no change to a file gets a false claim confirmed."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hms_kernel import certificates, witness
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend, understood
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.certificates.language import Combination, Product
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.model import Budget, Goal, Outcome, Trust, Verdict
from hms_kernel.statements import points

QUICK = Strategy(slices=(Slice(Stage(engine="smt"), 0.5), Slice(Stage(engine="nlsat"), 0.5)))
TEXTS = {
    "refuted": "theorem t (n : ℕ) (w : Fin n → ℝ) (h : ∀ i, 0 < w i) : ∑ i, w i = 1 := by sorry",
    "defined": "theorem t (x : ℝ) (f : ℝ → ℝ) (h : ∀ y, f y = 2 * y) : f x = 3 := by sorry",
    "repaired": "theorem t (x : ℝ) : |x| = x := by sorry",
    # Primes are beyond certificates, so that solvers have to vouch for it.
    "proved": "theorem t (n : ℕ) (h : 2 < n) (k : Nat.Prime n) : n % 2 = 1 := by sorry",
    "vacuous": "theorem t (x : ℝ) (h : x < 0) (k : 0 < x) : x = 3 := by sorry",
    "unknown": "theorem t (x y z : ℤ) (h : x ^ 3 + y ^ 3 + z ^ 3 = 42) : x = 7 := by sorry",
    "unsupported": "theorem t (x : ℝ) : Real.sin x ≤ 1 := by sorry",
    "invalid": "theorem t (x : ℝ) : x ≤ ≤ 1 := by sorry",
}


def settled(text: str, strategy: Strategy = QUICK, **goal: Any) -> tuple[Goal, Verdict]:
    claim = Goal(theorem_id="t", statement=text, **goal)
    return claim, SmtBackend().attempt(claim, strategy, Budget(nominal_s=0.1, wall_s=300))


def certified() -> tuple[Goal, Verdict]:
    goal, verdict = settled("theorem t (x : ℝ) (h : 1 ≤ x) : 0 ≤ x := by sorry")
    proof = Combination(products=(Product("1", ("x - 1 ≥ 0",)), Product("1", ("-x > 0",))))
    certificate = certificates.Certificate(certificates.digest(understood(goal)), proof)
    evidence = msgspec.structs.replace(
        verdict.evidence, certificate=certificates.to_json(certificate)
    )
    return goal, msgspec.structs.replace(verdict, trust=Trust.CERTIFICATE, evidence=evidence)


@pytest.fixture(scope="module")
def saved() -> dict[str, witness.Witness]:
    found = {name: witness.of(*settled(text)) for name, text in TEXTS.items()}
    return found | {"certified": witness.of(*certified())}


NAMES = (*TEXTS, "certified")


class TestSaving:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_saved_verdict_is_confirmed_with_its_trust(self, saved, name, tmp_path):
        record = saved[name]
        path = witness.save(tmp_path / "v.json", record.goal, record.verdict)

        finding = witness.check(witness.load(path))

        assert witness.load(path) == record
        assert finding.confirmed, finding
        assert finding.outcome is record.verdict.outcome
        assert finding.trust is record.verdict.trust

    def test_what_is_saved_holds_all_it_takes(self, saved):
        record = saved["proved"]
        evidence = record.verdict.evidence

        assert set(evidence.versions) >= {"hms", "python", "z3"}
        assert msgspec.convert(evidence.strategy, Strategy) == QUICK
        assert record.strategy == str(QUICK)
        assert evidence.budget == Budget(nominal_s=0.1, wall_s=300)
        assert "(check-sat)" in record.smtlib

    def test_the_smtlib_text_says_what_was_proved(self, saved):
        import z3

        solver = z3.SimpleSolver(ctx=z3.Context())
        solver.from_string(saved["proved"].smtlib)

        assert solver.check() == z3.unsat

    def test_a_directory_gets_a_file_per_theorem_and_names_never_clash(self, saved, tmp_path):
        record = saved["refuted"]
        ids = ("a b", "a_b", "a/b", "../a", "", "é", "x" * 300)
        goals = [msgspec.structs.replace(record.goal, theorem_id=id) for id in ids]

        paths = {witness.save(tmp_path, goal, record.verdict) for goal in goals}

        assert len(paths) == len(ids)
        assert {path.parent for path in paths} == {tmp_path}

    def test_nowhere_to_write_is_said(self, saved, tmp_path):
        record = saved["refuted"]

        with pytest.raises(UsageError, match="cannot write"):
            witness.save(tmp_path / "none" / "v.json", record.goal, record.verdict)


class TestWhatIsNoSavedVerdict:
    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[]", b"{}", b'{"schema": "hms-witness/1"}', b"\xff\xfe", b"[" * 100_000],
    )
    def test_it_cannot_be_read(self, content, tmp_path):
        path = tmp_path / "v.json"
        path.write_bytes(content)

        with pytest.raises(UsageError, match="is no saved verdict"):
            witness.load(path)

    def test_another_schema_is_named(self, tmp_path):
        path = tmp_path / "v.json"
        path.write_text('{"schema": "hms-witness/99"}')

        with pytest.raises(UsageError, match="hms-witness/99"):
            witness.load(path)

    def test_no_file_is_no_saved_verdict_either(self, tmp_path):
        with pytest.raises(UsageError, match="cannot read"):
            witness.load(tmp_path / "v.json")

    def test_an_attempt_that_was_lost_has_nobody_to_vouch_for_it(self, saved):
        lost = Verdict(outcome=Outcome.UNKNOWN, reason="attempts exhausted")

        finding = witness.check(witness.of(saved["proved"].goal, lost))

        assert not finding.confirmed
        assert "attempts exhausted" in finding.complaint


class TestOtherBuilds:
    def test_another_build_is_named_and_confirms_what_it_finds(self, saved):
        record = saved["proved"]
        versions = {**record.verdict.evidence.versions, "z3": "4.0.0"}

        finding = witness.check(sealed(changed(record, evidence__versions=versions)))

        assert finding.confirmed
        assert "z3 4.0.0 then and" in finding.remarks[0]

    def test_a_proof_that_does_not_come_again_is_not_confirmed(self, saved):
        record = changed(saved["unknown"], outcome=Outcome.PROVED, trust=Trust.ONE_SOLVER)

        finding = witness.check(sealed(record))

        assert not finding.confirmed
        assert "but now it is unknown" in finding.complaint


class TestLies:
    """Whoever changes a file can seal it again; the work done again is what must not be fooled."""

    def lie(self, record: witness.Witness, **changes: Any) -> str:
        finding = witness.check(sealed(changed(record, **changes)))
        assert not finding.confirmed
        return finding.complaint

    def test_numbers_that_break_nothing(self, saved):
        example = msgspec.structs.replace(
            saved["refuted"].verdict.counterexample, values={"n": "1", "w": ["1"]}
        )

        assert "does not break the claim" in self.lie(saved["refuted"], counterexample=example)

    def test_a_statement_that_was_never_settled(self, saved):
        record = saved["refuted"]
        other = msgspec.structs.replace(
            record.goal, statement=record.goal.statement.replace("= 1", "= 2")
        )

        assert "not what the goal says" in self.lie(msgspec.structs.replace(record, goal=other))

    def test_a_refutation_called_a_proof(self, saved):
        complaint = self.lie(saved["refuted"], outcome=Outcome.PROVED, trust=Trust.ONE_SOLVER)

        assert "but now it is refuted" in complaint

    def test_more_trust_than_there_is(self, saved):
        for trust in Trust:
            if (
                trust.reaches(saved["proved"].verdict.trust)
                and trust != saved["proved"].verdict.trust
            ):
                self.lie(saved["proved"], trust=trust)
        self.lie(saved["certified"], trust=Trust.LEAN_KERNEL)
        self.lie(saved["refuted"], trust=Trust.CERTIFICATE)

    def test_a_certificate_of_something_else(self, saved):
        certificate = saved["certified"].verdict.evidence.certificate

        complaint = self.lie(
            saved["proved"], trust=Trust.CERTIFICATE, evidence__certificate=certificate
        )

        assert "another statement" in complaint

    def test_a_proof_that_never_uses_the_claim(self):
        goal, verdict = settled("theorem t (x : ℝ) (h : x < 0) (k : 0 < x) : x = 7 := by sorry")
        proof = Combination(products=(Product("1", ("-x > 0",)), Product("1", ("x > 0",))))
        certificate = certificates.Certificate(certificates.digest(understood(goal)), proof)

        complaint = self.lie(
            witness.of(goal, verdict),
            outcome=Outcome.PROVED,
            trust=Trust.CERTIFICATE,
            reason="",
            evidence__certificate=certificates.to_json(certificate),
        )

        assert "vacuous" in complaint

    def test_smtlib_of_something_else(self, saved):
        record = msgspec.structs.replace(saved["proved"], smtlib=saved["vacuous"].smtlib)

        assert "SMT-LIB" in self.lie(record)

    def test_figures_nobody_measured(self, saved):
        assert "units" in self.lie(saved["proved"], evidence__units=1)


# --- random changes ------------------------------------------------------------


def changed(record: witness.Witness, **changes: Any) -> witness.Witness:
    inner = {name[10:]: value for name, value in changes.items() if name.startswith("evidence__")}
    outer = {name: value for name, value in changes.items() if not name.startswith("evidence__")}
    evidence = msgspec.structs.replace(record.verdict.evidence, **inner)
    verdict = msgspec.structs.replace(record.verdict, evidence=evidence, **outer)
    return msgspec.structs.replace(record, verdict=verdict)


def sealed(record: witness.Witness) -> witness.Witness:
    return msgspec.structs.replace(record, seal=witness._seal(record))


# Where a lie would pay, besides anywhere.
REGIONS = ((), ("goal",), ("verdict",), ("verdict", "counterexample", "values"),
           ("verdict", "evidence", "certificate", "proof"))  # fmt: skip


@st.composite
def places(draw: st.DrawFn, data: Any) -> list[Any]:
    """The way to a leaf, one step at a time, so that small parts are hit as often as large ones."""
    path: list[Any] = []
    for step in draw(st.sampled_from(REGIONS)):
        if isinstance(data, dict) and data.get(step):
            path.append(step)
            data = data[step]
    while isinstance(data, dict | list) and data:
        steps = list(data) if isinstance(data, dict) else list(range(len(data)))
        path.append(draw(st.sampled_from(steps)))
        data = data[path[-1]]
    return path


WORDS = [*(o.value for o in Outcome), *(t.value for t in Trust), "True", "0", "1", "-1", "2", "1/2"]


@st.composite
def tampered(draw: st.DrawFn, record: Any) -> Any:
    """The record with one to three leaves replaced, removed or doubled."""
    data = copy.deepcopy(record)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(places(data))
        parent = data
        for step in path[:-1]:
            parent = parent[step]
        old = parent[path[-1]]
        match draw(st.sampled_from(["replace", "remove", "double", "edit", "null"])):
            case "remove" if isinstance(parent, list):
                del parent[path[-1]]
            case "double" if isinstance(parent, list):
                parent.append(copy.deepcopy(old))
            case "null":
                parent[path[-1]] = None
            case "edit" if isinstance(old, str) and old:
                at = draw(st.integers(0, len(old) - 1))
                sign = draw(st.sampled_from("0129-<≤>+* xyw∃"))
                parent[path[-1]] = old[:at] + sign + old[at + draw(st.integers(0, 1)) :]
            case _ if isinstance(old, bool):
                parent[path[-1]] = not old
            case _ if isinstance(old, int | float):
                parent[path[-1]] = draw(st.sampled_from([0, 1, -1, 7, old + 1, old * 2, 1e300]))
            case _:
                parent[path[-1]] = draw(st.sampled_from(WORDS))
    return data


def read(data: Any) -> witness.Witness | None:
    try:
        return witness.decode(json.dumps(data).encode())
    except (UsageError, msgspec.MsgspecError):
        return None


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_file_is_never_confirmed(saved, data):
    original = saved[data.draw(st.sampled_from(NAMES))]
    plain = json.loads(msgspec.json.encode(original))

    record = read(data.draw(tampered(plain)))

    if record is not None and record != original:
        assert not witness.check(record).confirmed


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_file_with_a_new_seal_is_confirmed_only_in_what_is_true(saved, data):
    original = saved[data.draw(st.sampled_from(NAMES))]
    plain = json.loads(msgspec.json.encode(original))

    record = read(data.draw(tampered(plain)))

    if record is None or not (finding := witness.check(sealed(record))).confirmed:
        return
    assert finding.outcome is original.verdict.outcome
    if finding.trust is not original.verdict.trust:
        assert original.verdict.trust.reaches(finding.trust)
    try:
        meant = understood(record.goal)
    except StatementError:
        assert finding.outcome in (Outcome.UNSUPPORTED, Outcome.INVALID)
        return
    assert meant.hypotheses == understood(original.goal).hypotheses
    assert meant.conclusion == understood(original.goal).conclusion
    if finding.outcome is Outcome.REFUTED:
        assert points.read(meant, record.verdict.counterexample.values).replay().refutes


def test_the_default_strategy_survives_the_file():
    record = witness.of(*settled(TEXTS["proved"], DEFAULT_STRATEGY))

    assert record.strategy == str(DEFAULT_STRATEGY)
    assert witness.check(record).confirmed


def test_records_and_lists_are_shown_whole_and_replayed_in_parts():
    text = (
        "structure Effect where\n  saved : ℝ\n  cost : ℝ\n\n"
        "theorem t (e : Effect) (h : 0 < e.cost) : e.cost < e.saved := by sorry"
    )
    record = witness.of(*settled(text))
    assert record.verdict.outcome is Outcome.REFUTED
    assert witness.check(record).confirmed

    shown = msgspec.structs.replace(record.verdict.counterexample, values={"e": "{ saved := 9 }"})

    finding = witness.check(sealed(changed(record, counterexample=shown)))

    assert "as shown" in finding.complaint

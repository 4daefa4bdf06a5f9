"""Names that Lean and Mathlib know and this fragment does not: they make a statement unsupported, not invalid."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


FOREIGN_TYPES = words(
    "NNReal ℝ≥0 ENNReal ℝ≥0∞ ℕ+ PNat String Char EReal Unit Type Set Finset "
    "Multiset List Array Option Matrix Polynomial MvPolynomial ZMod Equiv Subtype Sigma Prod Sum "
    "Quotient Finsupp Vector EuclideanSpace ENat ℕ∞ ℤ√ UInt8 UInt16 UInt32 UInt64 Int64 Sort "
    "Subgroup Ideal Units Empty PUnit PEmpty Ordinal Cardinal PowerSeries Padic PadicInt"
)

# Namespaces: ``Real.sin`` exists, whatever it is.
FOREIGN_SPACES = words(
    "Real Nat Int Rat Complex Finset Set List Multiset Function Filter Polynomial Matrix "
    "MeasureTheory Topology NNReal ENNReal Fin Equiv ZMod String Option Float EuclideanGeometry "
    "SimpleGraph Metric Module Ring Subgroup Finsupp Fintype Array Bool Char Prod Sum Sigma "
    "Subtype Units Ideal Submodule Order Ordinal Cardinal PNat EReal Padic Zsqrtd Gaussian "
    "GaussianInt Equidistribution Convex Affine EuclideanSpace InnerProductSpace LinearMap Basis "
    "Measure Probability ProbabilityTheory Classical Quot Quotient Decidable Eq Iff And Or Not "
    "Exists HEq Monoid Group Field Lattice Asymptotics ArithmeticFunction MvPolynomial "
    "PowerSeries Sym2 Mathlib Lean Std Batteries Squarefree Tendsto Antitone Monotone Inv Neg Add "
    "Mul Sub Div HAdd HMul HSub HDiv HPow HMod Pow Mod Dvd Min Max Function.Injective LE LT Ne "
    "Finite Infinite Encodable Nonempty Membership Cauchy CauchySeq UInt8 UInt16 UInt32 UInt64 Pi "
    "IsLeast IsGreatest ENat Con Perm Hyperreal"
)

# At the top level.
FOREIGN_NAMES = words(
    "Irrational Fintype IsLUB IsGLB BddAbove BddBelow sSup sInf iSup iInf deriv derivWithin "
    "iteratedDeriv Continuous ContinuousOn ContinuousAt Differentiable DifferentiableOn "
    "DifferentiableAt HasDerivAt ConvexOn ConcaveOn StrictConvexOn StrictConcaveOn Summable tsum "
    "HasSum Tendsto volume IsCoprime Squarefree Associated IsUnit Nonempty Subsingleton Finite "
    "Infinite Countable StrictMonoOn MonotoneOn AntitoneOn StrictAntiOn gcd lcm padicValNat "
    "padicValInt orderOf edist nndist norm sign round Classical Decidable Pairwise "
    "Subset Exists ite dite cond Sum Prod Function Filter Int.cast inner ncard card multiplicity "
    "emultiplicity legendreSym jacobiSym IsSquare Irreducible List Array some none default "
    "Inhabited Unique And.intro rfl trivial sorry absurd letI haveI Function.Bijective Perfect "
    "IsLocalMin IsLocalMax IsMinOn IsMaxOn MeasurableSet Measurable integral IntervalIntegrable "
    "MeasureTheory cast HEq Fact NeZero CharZero not and or xor max' min' "
    "arithmeticMean AddMonoidHom RingHom MonoidHom Module Finsupp Submodule span "
    "LinearIndependent finrank Collinear AffineIndependent midpoint openSegment segment "
    "convexHull ball closedBall sphere Involutive"
)

_IN_SPACES = {
    "Real": (
        "sin cos tan cot exp log logb pi π sqrt arcsin arccos arctan sinh cosh tanh rpow Gamma nnabs "
        "toNNReal goldenRatio goldenConj sign"
    ),
    "Nat": (
        "fib digits ofDigits choose divisors properDivisors primeFactors primeFactorsList "
        "factorization totient minFac sqrt log log2 floor ceil factorial doubleFactorial "
        "descFactorial ascFactorial Prime Coprime card primeCounting count nth find catalan bell "
        "centralBinom primorial φ succ pred cast"
    ),
    "Int": ("floor ceil fract natAbs toNat sign cast sqrt ModEq"),
    "Finset": (
        "range Icc Ico Ioc Ioo Ici Ioi Iic Iio univ filter card sum prod sup inf max min image "
        "product powerset erase insert biUnion antidiagonal"
    ),
    "NNReal": ("sqrt pi toReal"),
    "Set": (
        "Icc Ico Ioc Ioo Ici Ioi Iic Iio univ image range preimage ncard encard Finite Infinite InjOn "
        "SurjOn BijOn MapsTo EqOn indicator Nonempty Countable"
    ),
    "Function": (
        "Injective Surjective Bijective Involutive Periodic Antiperiodic comp const update iterate "
        "Even Odd support LeftInverse RightInverse"
    ),
    "Filter": ("Tendsto atTop atBot Eventually cofinite"),
    "Complex": ("I re im abs normSq exp log arg conj"),
    "Polynomial": ("X C eval roots degree natDegree coeff derivative IsRoot"),
    "Topology": ("𝓝 nhds"),
}
# Reached by ``open``; the full names.
OPENED_NAMES = frozenset(
    f"{space}.{name}" for space, names in _IN_SPACES.items() for name in words(names)
)
# Declared protected, so ``open`` does not shorten them.
PROTECTED = words(
    "Int.cast Int.ediv Int.emod Int.gcd Int.lcm Nat.add Nat.card Nat.cast Nat.div Nat.gcd Nat.lcm "
    "Nat.mod Nat.mul Nat.pow Nat.sub"
)

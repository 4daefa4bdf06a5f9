prelude
import HMS.Steps.Logic
import HMS.Steps.Order
import HMS.Steps.Fractions
import HMS.Steps.Naturals
import HMS.Steps.Integers

/-!
One lemma for each step of a certificate, in the shape in which `hms_kernel/backends/lean` writes it.
-/

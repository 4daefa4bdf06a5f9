"""Certificates: proofs over exact rationals that a small checker can follow. Finds none."""

from __future__ import annotations

from hms_kernel.certificates.checker import check, digest
from hms_kernel.certificates.language import Certificate, from_json, to_json
from hms_kernel.certificates.polynomials import Rejected
from hms_kernel.certificates.words import explained

__all__ = ["Certificate", "Rejected", "check", "digest", "explained", "from_json", "to_json"]

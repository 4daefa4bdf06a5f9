"""How often does a WAR score leave ±100 when sectors are drawn at random? Samples, proves nothing."""

from random import Random


class SampleWar:
    name = "sample_war"

    def __init__(self, config):
        pass

    def run(self, payload, report):
        rng, outside = Random(payload["seed"]), 0
        for n in range(payload["samples"]):
            weights = [rng.random() for _ in range(payload["sectors"])]
            war = sum(
                w / sum(weights) * rng.uniform(-100, 100) * rng.uniform(0, 3) for w in weights
            )
            outside += abs(war) > 100
            if n % 100 == 0:
                report(f"{n} samples")
        return {"outside": outside / payload["samples"]}

"""The alerts as a custom resource of the Prometheus operator, made from deploy/prometheus/alerts.yaml. `python -m tests.manifests`
writes it anew; a test compares.
"""

from __future__ import annotations

from pathlib import Path

DEPLOY = Path(__file__).parents[1] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yaml"
RESOURCE = DEPLOY / "kubernetes" / "base" / "alerts.yaml"
HEAD = """# Made from deploy/prometheus/alerts.yaml by `python -m tests.manifests`.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: reveille
spec:
"""


def written() -> str:
    _, _, groups = RULES.read_text(encoding="utf-8").partition("\ngroups:\n")
    return HEAD + "  groups:\n" + "".join(f"  {line}\n" for line in groups.splitlines())


if __name__ == "__main__":
    RESOURCE.write_text(written(), encoding="utf-8")

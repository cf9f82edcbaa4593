"""deploy/kubernetes: every resource is valid, and together they are whole: labels match, secrets are told, every queue has its lane."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from tests.manifests import RESOURCE, written
from tests.unit.deploy import custom_resources
from tests.unit.deploy.agreed import QUEUES, SETTINGS
from tests.unit.deploy.files import DEPLOY, ROOT
from tests.unit.deploy.kustomization import Resource, containers, pod, rendered

OVERLAYS = ("redis", "rabbitmq")
FOLDER = DEPLOY / "kubernetes" / "overlays"
STOP_WITHIN = 25


@pytest.fixture(params=OVERLAYS)
def resources(request: pytest.FixtureRequest) -> list[Resource]:
    return rendered(FOLDER / request.param)


def of(resources: list[Resource], *kinds: str) -> dict[str, Resource]:
    return {resource["metadata"]["name"]: resource for resource in resources if resource["kind"] in kinds}


def workloads(resources: list[Resource]) -> dict[str, Resource]:
    return {resource["metadata"]["name"]: resource for resource in resources if pod(resource)}


def ours(resources: list[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """Each workload of the service with its container."""
    for resource in workloads(resources).values():
        for container in containers(resource):
            if "/reveille:" in container["image"]:
                yield resource, container


def test_every_resource_is_valid(resources: list[Resource]) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate")
    for resource in resources:
        if resource["kind"] in custom_resources.KINDS:
            custom_resources.validate(resource)
        else:
            validate.validate(resource, validate.latest_version(), strict=True)


def test_an_unknown_field_is_found() -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate")
    clock = of(rendered(FOLDER / "redis"), "Deployment")["clock"]
    clock["spec"]["template"]["spec"]["containers"][0]["livenessProb"] = {}
    with pytest.raises(validate.ValidationError):
        validate.validate(clock, validate.latest_version(), strict=True)
    scaled = of(rendered(FOLDER / "redis"), "ScaledObject")["worker-quick"]
    scaled["spec"]["minReplicas"] = 2
    with pytest.raises(ValidationError):
        custom_resources.validate(scaled)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubectl_renders_the_same(overlay: str) -> None:
    """Where it is installed: our reading of kustomizations is beside the real one."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return
    real = subprocess.run([kubectl, "kustomize", FOLDER / overlay], capture_output=True, text=True, check=True, env=os.environ)
    theirs = list(YAML(typ="safe", pure=True).load_all(real.stdout))
    assert sorted(map(_plain, rendered(FOLDER / overlay))) == sorted(map(_plain, theirs))


def _plain(resource: Any) -> str:
    return json.dumps(resource, sort_keys=True)


def test_no_name_is_taken_twice(resources: list[Resource]) -> None:
    names = [(resource["kind"], resource["metadata"]["name"]) for resource in resources]
    assert len(names) == len(set(names))


def test_selectors_find_their_pods(resources: list[Resource]) -> None:
    labels = [resource["spec"]["template"]["metadata"]["labels"] for resource in workloads(resources).values()]
    selectors = [
        selector.get("matchLabels", selector)
        for resource in resources
        for selector in (resource.get("spec", {}).get("selector"), resource.get("spec", {}).get("podSelector"))
        if selector and "matchExpressions" not in selector
    ]
    assert selectors
    for selector in selectors:
        assert any(selector.items() <= its.items() for its in labels), selector


def test_pods_are_hardened_and_bounded(resources: list[Resource]) -> None:
    for name, resource in workloads(resources).items():
        spec = pod(resource)
        assert spec is not None
        assert spec["securityContext"]["runAsNonRoot"], name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        for container in containers(resource):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert set(container["resources"]) == {"requests", "limits"}
            assert re.search(r":[\w.-]+$", container["image"])
            assert not container["image"].endswith(":latest")
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            claims = {claim["metadata"]["name"] for claim in resource["spec"].get("volumeClaimTemplates", ())}
            assert mounted == {volume["name"] for volume in spec["volumes"]} | claims


def test_clocks_and_workers_answer_probes_and_stop_in_time(resources: list[Resource]) -> None:
    deployments = [(r, c) for r, c in ours(resources) if r["kind"] == "Deployment"]
    assert len(deployments) == 4
    for resource, container in deployments:
        ports = {port["name"] for port in container["ports"]}
        paths = {"startupProbe": "/ready", "readinessProbe": "/ready", "livenessProbe": "/live"}
        for probe, path in paths.items():
            assert container[probe]["httpGet"]["path"] == path
            assert container[probe]["httpGet"]["port"] in ports
        assert resource["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= STOP_WITHIN + 10


def test_one_goes_on_while_another_is_moved(resources: list[Resource]) -> None:
    budgets = of(resources, "PodDisruptionBudget")
    for resource, _ in ours(resources):
        if resource["kind"] == "Deployment":
            budget = budgets[resource["metadata"]["name"]]["spec"]
            assert budget["selector"] == resource["spec"]["selector"]
            assert budget["maxUnavailable"] == 1
            assert "podAntiAffinity" in resource["spec"]["template"]["spec"]["affinity"]


def lanes(resources: list[Resource]) -> dict[str, list[str]]:
    return {
        resource["metadata"]["name"]: container["args"][container["args"].index("--queues") + 1].split(",")
        for resource, container in ours(resources)
        if container["args"][0] == "worker"
    }


def test_every_queue_has_one_lane_that_grows_with_its_age(resources: list[Resource]) -> None:
    queues = lanes(resources)
    assert sorted(queue for lane in queues.values() for queue in lane) == sorted(QUEUES)
    scaled = of(resources, "ScaledObject")
    assert set(scaled) == set(queues)
    for name, lane in queues.items():
        spec = scaled[name]["spec"]
        assert spec["scaleTargetRef"]["name"] == name
        assert spec["triggers"][0]["metadata"]["query"] == f'max(reveille_queue_age_seconds{{queue=~"{"|".join(lane)}"}})'
        assert "replicas" not in workloads(resources)[name]["spec"], "set by what scales it"


def test_settings_are_ones_that_the_service_knows(resources: list[Resource]) -> None:
    config = of(resources, "ConfigMap")["reveille"]["data"]
    assert set(config) <= SETTINGS
    assert int(config["REVEILLE_STOP_WITHIN"]) == STOP_WITHIN


def test_every_secret_is_told_in_the_runbook(resources: list[Resource]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    text = _plain(resources)
    named = set(re.findall(r'"secretName": "([^"]+)"|"secret(?:KeyRef|Ref)": {[^}]*"name": "([^"]+)"', text))
    names = {name for pair in named for name in pair if name}
    assert {"reveille-server", "reveille-people", "reveille-broker", "reveille-objects"} == names
    for name in names:
        assert f"create secret generic {name} " in page


def test_what_is_not_allowed_is_refused(resources: list[Resource]) -> None:
    everything = [r["spec"] for r in of(resources, "NetworkPolicy").values() if r["spec"]["podSelector"] == {}]
    assert [spec["policyTypes"] for spec in everything] == [["Ingress", "Egress"]]
    assert "ingress" not in everything[0]


def test_alerts_are_the_ones_that_are_proven() -> None:
    assert RESOURCE.read_text(encoding="utf-8") == written(), "run: python -m tests.manifests"

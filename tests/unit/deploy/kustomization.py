"""As much of `kubectl kustomize` as our kustomizations use. Anything else in one is an error, so that none is read wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit.deploy.files import document, documents

CLUSTER_WIDE = {"Namespace"}
Resource = dict[str, Any]


def rendered(folder: Path) -> list[Resource]:
    """The resources of an overlay, each with namespace, labels and images as it is applied."""
    kustomization = document(folder / "kustomization.yaml")
    resources: list[Resource] = []
    for name in kustomization.pop("resources"):
        path = folder / name
        resources += rendered(path) if path.is_dir() else documents(path)
    assert kustomization.pop("kind") == "Kustomization"
    assert kustomization.pop("apiVersion") == "kustomize.config.k8s.io/v1beta1"
    namespace, labels, images = (
        kustomization.pop(key, default) for key, default in (("namespace", ""), ("labels", []), ("images", []))
    )
    assert not kustomization, f"not read here: {set(kustomization)}"
    for resource in resources:
        if resource["kind"] not in CLUSTER_WIDE:
            resource["metadata"]["namespace"] = namespace
        for label in labels:
            assert label["includeTemplates"]
            for metadata in _labelled(resource):
                metadata["labels"] = {**metadata.get("labels", {}), **label["pairs"]}
        for container in containers(resource):
            for image in images:
                if container["image"] == image["name"]:
                    container["image"] = f"{image['newName']}:{image['newTag']}"
    return resources


def pod(resource: Resource) -> Resource | None:
    """The pod's spec in it."""
    template = resource.get("spec", {}).get("template")
    return template["spec"] if template else None


def containers(resource: Resource) -> list[Resource]:
    spec = pod(resource)
    return [*spec.get("initContainers", ()), *spec["containers"]] if spec else []


def _labelled(resource: Resource) -> list[Resource]:
    """Whose labels are set: the resource's, its pods' and its volume claims'."""
    spec = resource.get("spec", {})
    within = [spec["template"]["metadata"]] if pod(resource) else []
    return [resource["metadata"], *within, *(claim["metadata"] for claim in spec.get("volumeClaimTemplates", ()))]

"""What the operators' custom resources must hold: KEDA's ScaledObject (keda.sh/docs), the Prometheus operator's PodMonitor and
PrometheusRule (prometheus-operator.dev, API reference). Only the fields we use; an unknown one is an error.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class Metadata(Part):
    name: str
    namespace: str
    labels: dict[str, str] = {}


class Resource(Part):
    api_version: str
    kind: str
    metadata: Metadata


class Target(Part):
    name: str


class Policy(Part):
    type: Literal["Percent", "Pods"]
    value: int
    period_seconds: Annotated[int, Field(ge=1, le=1800)]


class Rules(Part):
    policies: list[Policy]
    stabilization_window_seconds: Annotated[int, Field(ge=0, le=3600)] = 0


class Behavior(Part):
    scale_up: Rules
    scale_down: Rules


class Autoscaler(Part):
    behavior: Behavior


class Advanced(Part):
    horizontal_pod_autoscaler_config: Autoscaler


class Query(Part):
    server_address: Annotated[str, Field(pattern=r"^https?://")]
    query: str
    threshold: Annotated[str, Field(pattern=r"^\d+$")]
    ignore_null_values: Literal["true", "false"]


class Trigger(Part):
    type: Literal["prometheus"]
    metric_type: Literal["Value", "AverageValue"]
    metadata: Query


class Scaling(Part):
    scale_target_ref: Target
    min_replica_count: int
    max_replica_count: int
    polling_interval: int
    advanced: Advanced
    triggers: Annotated[list[Trigger], Field(min_length=1)]


class ScaledObject(Resource):
    api_version: Literal["keda.sh/v1alpha1"]
    spec: Scaling


class Labels(Part):
    match_labels: dict[str, str]


class Endpoint(Part):
    port: str
    path: str
    interval: Annotated[str, Field(pattern=r"^\d+s$")]
    honor_labels: bool


class Monitoring(Part):
    selector: Labels
    pod_metrics_endpoints: Annotated[list[Endpoint], Field(min_length=1)]


class PodMonitor(Resource):
    api_version: Literal["monitoring.coreos.com/v1"]
    spec: Monitoring


class Alert(Part):
    alert: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]
    for_: Annotated[str, Field(alias="for", pattern=r"^\d+[smh]$")]


class Group(Part):
    name: str
    rules: list[Alert]


class Alerting(Part):
    groups: list[Group]


class PrometheusRule(Resource):
    api_version: Literal["monitoring.coreos.com/v1"]
    spec: Alerting


KINDS: dict[str, type[Resource]] = {
    "ScaledObject": ScaledObject,
    "PodMonitor": PodMonitor,
    "PrometheusRule": PrometheusRule,
}


def validate(resource: dict[str, Any]) -> None:
    """Raises pydantic's ValidationError."""
    KINDS[resource["kind"]].model_validate(resource)

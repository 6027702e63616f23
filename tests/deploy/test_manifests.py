"""What deploys the program is what the published schemas allow, and as closed as it can be."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import kubernetes_validate
import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
# A release that has long been left behind, and the newest that the schemas know.
VERSIONS = ("1.30", "1.37")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text(encoding="utf-8"))


def list_objects() -> Iterator[Any]:
    for name in KUSTOMIZATION["resources"]:
        for one in yaml.safe_load_all((KUBERNETES / name).read_text(encoding="utf-8")):
            yield pytest.param(one, id=f"{one['kind']}-{one['metadata']['name']}")


def list_pods() -> Iterator[Any]:
    for parameter in list_objects():
        (one,) = parameter.values
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield pytest.param(spec["template"]["spec"], id=parameter.id)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", [*list_objects()])
def test_a_manifest_is_what_kubernetes_takes(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_the_schemas_refuse_what_is_misspelt() -> None:
    (manifest,) = next(one.values for one in list_objects() if one.id == "Deployment-api")
    wrong = json.loads(json.dumps(manifest).replace('"livenessProbe"', '"livelinessProbe"'))
    with pytest.raises(kubernetes_validate.ValidationError, match="livelinessProbe"):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_kustomize_is_given_every_file_and_knows_every_image() -> None:
    there = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml"}
    assert there == set(KUSTOMIZATION["resources"])
    assert set(KUSTOMIZATION) == {
        *("apiVersion", "kind", "namespace", "labels", "resources", "images")
    }
    used = {one["image"] for pod in list_pods() for one in pod.values[0]["containers"]}
    assert used == {image["name"] for image in KUSTOMIZATION["images"]}
    (ours,) = (image for image in KUSTOMIZATION["images"] if image["name"] == "onrecord")
    assert re.fullmatch("sha256:[0-9a-f]{64}", ours["digest"])


@pytest.mark.parametrize("pod", [*list_pods()])
def test_a_pod_is_nobody_special_and_writes_only_where_it_must(pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]
        if pod.get("restartPolicy") != "Never":
            assert {"livenessProbe", "readinessProbe"} <= set(container)


def test_a_network_policy_stands_before_every_pod_and_services_meet_theirs() -> None:
    objects = [one.values[0] for one in list_objects()]
    labels = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in objects
        if one["kind"] in ("Deployment", "StatefulSet")
    ]
    for service in (one for one in objects if one["kind"] == "Service"):
        assert service["spec"]["selector"] in labels, service["metadata"]["name"]
    policies = [one["spec"] for one in objects if one["kind"] == "NetworkPolicy"]
    assert {"podSelector": {}, "policyTypes": ["Ingress"]} in policies


def test_compose_is_what_the_compose_specification_allows() -> None:
    schema = json.loads(
        (files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text()
    )
    validator = jsonschema_rs.validator_for(schema)
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []
    wrong = COMPOSE | {"services": COMPOSE["services"] | {"api": {"imagine": "x"}}}
    assert not validator.is_valid(wrong)


@pytest.mark.parametrize("name", [*COMPOSE["services"]])
def test_a_service_is_nobody_special_and_writes_only_where_it_must(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].partition(":")[0]) > 0
    assert service["image"].startswith("${")
    assert {"cpus", "memory"} == set(service["deploy"]["resources"]["limits"])
    if name != "ingest":
        assert "healthcheck" in service
    for needed in service.get("depends_on", {}):
        assert needed in COMPOSE["services"]
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")


def test_only_settings_that_there_are_are_set() -> None:
    known = {f"ONRECORD_{name.upper()}" for name in Settings.model_fields}
    known.add("ONRECORD_INGEST_SCHEDULER")
    given = {name for one in COMPOSE["services"].values() for name in one.get("environment", {})}
    for one in list_objects():
        given |= set(one.values[0].get("data", {}))
    for pod in list_pods():
        given |= {e["name"] for c in pod.values[0]["containers"] for e in c.get("env", [])}
    assert {name for name in given if name.startswith("ONRECORD_")} <= known

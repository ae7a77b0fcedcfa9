"""The Helm chart, rendered by Helm's own library and validated by Kubernetes' own schemas."""

import copy
from pathlib import Path

import helm_python
import kubernetes_validate
import pytest
import yaml

from kontor_service.server import GRACEFUL_SECONDS

CHART = Path(__file__).parents[2] / "deploy/helm/kontor"
SETS = sorted(path.stem for path in (CHART / "ci").glob("*.yaml"))


def rendered(values):
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        manifests = chart.render(values, name="shop", namespace="kontor", is_install=True)
    texts = [text for path, text in manifests.items() if path.endswith(".yaml")]
    return [found for text in texts for found in yaml.safe_load_all(text) if found]


@pytest.fixture(scope="module", params=SETS)
def objects(request, value_sets):
    return rendered(value_sets[request.param])


@pytest.fixture
def minimal(value_sets):
    return value_sets["minimal-values"]


def kind(objects, wanted):
    return [found for found in objects if found["kind"] == wanted]


def pods(objects):
    return [found["spec"]["template"]["spec"] for found in objects if found["kind"] in ("Deployment", "Job")]


def deployment(objects, name):
    return next(found for found in kind(objects, "Deployment") if found["metadata"]["name"] == f"shop-kontor-{name}")


@pytest.mark.parametrize("name", SETS)
def test_helm_finds_nothing_wrong(name, value_sets):
    report = helm_python.lint(CHART, value_sets[name], strict=True, kube_version="v1.30.0")
    assert report["errors"] == []
    assert [message for message in report["messages"] if message["severity"] >= 2] == []


@pytest.mark.parametrize("version", ["1.31", "1.36"])
def test_every_object_is_valid_kubernetes(objects, version):
    for found in objects:
        checked_as = kubernetes_validate.validate(found, version, strict=True)
        assert str(checked_as) == version, found["metadata"]["name"]


def test_every_service_is_deployed_served_configured_and_migrated(objects, parts):
    names = {f"shop-kontor-{name}" for name, part in parts.items() if part.target == "service"}
    for wanted in ("Deployment", "Service", "ConfigMap"):
        assert {found["metadata"]["name"] for found in kind(objects, wanted)} == names
    assert {found["metadata"]["name"] for found in kind(objects, "Job")} == {f"{name}-migrate" for name in names}


def test_no_object_comes_twice(objects):
    names = [(found["kind"], found["metadata"]["name"]) for found in objects]
    assert len(names) == len(set(names))


def test_a_service_gets_what_it_needs_and_nothing_it_does_not_know(objects, service, monkeypatch):
    container = deployment(objects, service.name)["spec"]["template"]["spec"]["containers"][0]
    given = environment(objects, container)
    assert service.strangers(given) == set()
    assert service.told(given, monkeypatch).environment == "production"


def test_a_migration_gets_the_same_and_the_owner_of_the_tables(objects, service, monkeypatch):
    job = next(
        found for found in kind(objects, "Job") if found["metadata"]["name"] == f"shop-kontor-{service.name}-migrate"
    )
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["command"] == ["python", "-m", service.module, "migrate"]
    given = environment(objects, container)
    assert service.strangers(given) == set()
    assert "KONTOR_MIGRATION_DATABASE_URL" in given
    service.told(given, monkeypatch)
    assert set(given) - {"KONTOR_MIGRATION_DATABASE_URL"} == set(
        environment(objects, deployment(objects, service.name)["spec"]["template"]["spec"]["containers"][0])
    )


def test_a_running_service_does_not_hold_the_owner_of_its_tables(objects, service):
    container = deployment(objects, service.name)["spec"]["template"]["spec"]["containers"][0]
    assert "KONTOR_MIGRATION_DATABASE_URL" not in environment(objects, container)


def test_services_find_one_another_at_their_ports(objects, parts, service):
    data = next(
        found["data"]
        for found in kind(objects, "ConfigMap")
        if found["metadata"]["name"] == f"shop-kontor-{service.name}"
    )
    for found in kind(objects, "Service"):
        name, port = found["metadata"]["name"], found["spec"]["ports"][0]["port"]
        assert port == parts[name.removeprefix("shop-kontor-")].port
        called = data["KONTOR_SERVICE_URL"].replace("{service}", name.removeprefix("shop-kontor-"))
        assert called == f"http://{name}:{port}"


def test_pods_listen_where_their_image_does(objects, images):
    for found in kind(objects, "Deployment"):
        container = found["spec"]["template"]["spec"]["containers"][0]
        # Mail comes in where the values say.
        ports = {port["containerPort"] for port in container["ports"] if port["name"] != "intake"}
        assert ports == images[container["name"]].ports


def test_images_are_named_after_the_services(objects, images):
    for pod in pods(objects):
        name = pod["containers"][0]["image"].rpartition("/")[2].partition(":")[0]
        assert name.removeprefix("kontor-") in images


def test_services_select_the_pods_of_their_deployment_and_no_jobs(objects):
    for found in kind(objects, "Service"):
        selector = found["spec"]["selector"].items()
        chosen = [
            pod["metadata"]["name"]
            for pod in kind(objects, "Deployment") + kind(objects, "Job")
            if selector <= pod["spec"]["template"]["metadata"]["labels"].items()
        ]
        assert chosen == [found["metadata"]["name"]]


def test_every_container_is_hardened(objects):
    for pod in pods(objects):
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        for container in pod["containers"] + pod.get("initContainers", []):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert "/tmp" in [mount["mountPath"] for mount in container["volumeMounts"]]
            assert container["resources"]["requests"]


def test_pods_run_as_the_user_of_the_images(objects, images):
    user, group = images["identity"].all("USER")[-1].split(":")
    for pod in pods(objects):
        context = pod["securityContext"]
        assert (str(context["runAsUser"]), str(context["runAsGroup"])) == (user, group)


def test_probes_ask_what_the_service_answers(objects):
    for found in kind(objects, "Deployment"):
        container = found["spec"]["template"]["spec"]["containers"][0]
        asked = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness", "liveness")}
        assert asked == {
            "startup": {"path": "/health/start", "port": "management"},
            "readiness": {"path": "/health/ready", "port": "management"},
            "liveness": {"path": "/health/live", "port": "management"},
        }


def test_probes_and_metrics_are_reached_by_no_service(objects, service):
    ports = {
        port["name"]: port["containerPort"]
        for port in deployment(objects, service.name)["spec"]["template"]["spec"]["containers"][0]["ports"]
        if port["name"] != "intake"
    }
    assert ports == {"http": service.port, "management": service.management}
    annotations = deployment(objects, service.name)["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == str(service.management)
    for found in kind(objects, "Service"):
        assert {port["targetPort"] for port in found["spec"]["ports"]} - {"intake"} == {"http"}


def test_a_pod_has_more_time_to_end_than_the_server_takes(objects):
    for found in kind(objects, "Deployment"):
        pod = found["spec"]["template"]["spec"]
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] >= pause + GRACEFUL_SECONDS + 10


def test_migrations_come_before_install_and_upgrade(objects):
    for job in kind(objects, "Job"):
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
        # What a hook refers to must be there before the chart is.
        assert "serviceAccountName" not in job["spec"]["template"]["spec"]
        assert "envFrom" not in job["spec"]["template"]["spec"]["containers"][0]


def test_a_service_with_one_replica_can_be_drained(minimal):
    values = {**minimal, "replicas": 1}
    assert kind(rendered(values), "PodDisruptionBudget") == []
    assert len(kind(rendered(minimal), "PodDisruptionBudget")) == len(kind(rendered(minimal), "Deployment"))


def test_a_changed_setting_restarts_its_service_and_no_other(minimal):
    changed = copy.deepcopy(minimal)
    changed["services"]["admin"] = {"settings": {"upload_files": 7}}
    before, after = (
        {
            found["metadata"]["name"]: found["spec"]["template"]["metadata"]["annotations"]["checksum/settings"]
            for found in kind(rendered(values), "Deployment")
        }
        for values in (minimal, changed)
    )
    assert {name for name in before if before[name] != after[name]} == {"shop-kontor-admin"}


def test_a_claim_for_bank_statements_is_mounted_into_payments_alone(value_sets):
    objects = rendered(value_sets["full-values"])
    mounts = {
        found["metadata"]["name"]: mount["mountPath"]
        for found in kind(objects, "Deployment")
        for mount in found["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
        if mount["name"] == "statements"
    }
    folders = {
        found["metadata"]["name"]: found["data"]["KONTOR_STATEMENT_FOLDER"]
        for found in kind(objects, "ConfigMap")
        if "KONTOR_STATEMENT_FOLDER" in found["data"]
    }
    assert mounts == folders == {"shop-kontor-payments": "/var/lib/kontor/statements"}


def test_large_numbers_are_not_written_as_powers_of_ten(value_sets):
    objects = rendered(value_sets["full-values"])
    data = next(
        found["data"] for found in kind(objects, "ConfigMap") if found["metadata"]["name"] == "shop-kontor-documents"
    )
    assert data["KONTOR_MAX_UPLOAD_BYTES"] == "52428800"


def test_the_ingress_opens_the_edges_and_nothing_else(value_sets):
    found = {
        rule["host"]: rule["http"]["paths"][0]["backend"]["service"]["name"]
        for ingress in kind(rendered(value_sets["full-values"]), "Ingress")
        for rule in ingress["spec"]["rules"]
    }
    assert found == {"kunden.example.com": "shop-kontor-gateway", "verwaltung.example.com": "shop-kontor-admin"}


def test_portal_and_admin_do_not_share_a_host_name(value_sets):
    values = {**value_sets["full-values"], "adminPublicUrl": "https://kunden.example.com"}
    with pytest.raises(helm_python.HelmRenderError, match="host names of their own"):
        rendered(values)


def test_an_ingress_without_trusted_proxies_is_refused(value_sets):
    values = {**value_sets["full-values"], "trustedProxies": ""}
    with pytest.raises(helm_python.HelmRenderError, match="trustedProxies"):
        rendered(values)


def test_settings_in_the_schema_are_settings_of_the_service(service):
    with helm_python.Chart.load(CHART) as chart:
        schema = chart.schema
    schema = yaml.safe_load(schema) if isinstance(schema, str) else schema
    allowed = schema["properties"]["services"]["properties"][service.name]
    if allowed == {"$ref": "#/$defs/service"}:
        allowed = schema["$defs"]["service"]
    known = allowed["properties"]["settings"]["properties"]
    assert set(known) <= set(service.settings.model_fields)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("unknown", 1),
        ("portalUrl", "http://portal.example.com"),
        ("portalUrl", "https://portal.example.com/"),
        ("adminPublicUrl", ""),
        ("replicas", 0),
        ("replicas", "2"),
        ("logLevel", "LOUD"),
        ("image.repository", "x"),
        ("image.pullPolicy", "Sometimes"),
        ("files.url", "/var/lib/kontor"),
        ("files.url", "file:///var/lib/kontor/files"),
        ("ingress.enabled", "yes"),
        ("resources.request", {"cpu": "1"}),
        ("services.metres", {}),
        ("services.identity.port", 8010),
        ("services.identity.settings.signing_keys", "in a value"),
        ("services.documents.settings.max_upload_bytes", "20 MB"),
        ("services.notifications.settings.smtp_tls", "none"),
        ("services.notifications.settings.mail_from", "Kontor"),
        ("services.gateway.settings.provider_origins", ["checkout.stripe.com"]),
    ],
)
def test_wrong_values_are_refused_by_name(minimal, path, value):
    values = copy.deepcopy(minimal)
    *folders, last = path.split(".")
    inside = values
    for folder in folders:
        inside = inside.setdefault(folder, {})
    inside[last] = value
    with helm_python.Chart.load(CHART) as chart, pytest.raises(helm_python.HelmValuesError) as refused:
        chart.validate_schema(values)
    assert (last if last in str(refused.value) else folders[-1]) in str(refused.value)


@pytest.mark.parametrize("missing", ["portalUrl", "adminPublicUrl", "files", "services"])
def test_what_only_the_operator_knows_is_asked_for(minimal, missing):
    values = {name: value for name, value in minimal.items() if name != missing}
    with helm_python.Chart.load(CHART) as chart, pytest.raises(helm_python.HelmValuesError):
        chart.validate_schema(values)


def environment(objects, container):
    """What the container finds in its environment, secrets made up."""
    made = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            name = source["configMapRef"]["name"]
            made |= next(found["data"] for found in kind(objects, "ConfigMap") if found["metadata"]["name"] == name)
    for entry in container["env"]:
        made[entry["name"]] = entry["value"] if "value" in entry else _secret(entry["valueFrom"]["secretKeyRef"]["key"])
    return made


def _secret(key):
    known = {
        "service-secrets": '{"gateway": "0123456789abcdef0123456789abcdef"}',
        "signing-keys": '{"2026": "0123456789abcdef0123456789abcdef"}',
        "secret-keys": '{"2026": "0123456789abcdef0123456789abcdef"}',
        "reply-keys": '{"a1": "0123456789abcdef0123456789abcdef"}',
        "reply-key-id": "a1",
        "former-credential-keys": '{"2025": "0123456789abcdef0123456789abcdef"}',
        "credential-key-id": "2026",
        "signing-key-id": "2026",
        "secret-key-id": "2026",
    }
    return known.get(key, "0123456789abcdef0123456789abcdef")

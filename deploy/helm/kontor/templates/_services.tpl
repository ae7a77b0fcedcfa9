{{/*
What single services need besides what all do; one that needs nothing is not named. A test holds it to their settings.
files: it keeps files; secrets: further keys of its Secret, given as KONTOR_<KEY>; optional: those that may be absent.
*/}}
{{- define "kontor.facts" -}}
identity:
  files: true
  secrets: [service-secrets, signing-keys, signing-key-id, secret-keys, secret-key-id]
documents:
  files: true
payments:
  secrets: [credential-key]
  optional: [sandbox-platform-key, stripe-platform-key, paypal-client-secret, credential-key-id, former-credential-keys]
notifications:
  optional: [smtp-user, smtp-password, reply-keys, reply-key-id, imap-user, imap-password]
meters:
  files: true
gateway:
  url: portalUrl
  tls: portalTlsSecret
  secrets: [copy-database-url]
admin:
  url: adminPublicUrl
  tls: adminTlsSecret
  secrets: [copy-database-url]
{{- end }}

{{/* Every service listens there, as the images say. */}}
{{- define "kontor.port" -}}8000{{- end }}
{{/* Probes and metrics: no Service and no ingress leads there. */}}
{{- define "kontor.managementPort" -}}9000{{- end }}

{{/* The settings that are no secrets, as a map. Takes (list root name). */}}
{{- define "kontor.settings" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}
{{- $facts := include "kontor.facts" $root | fromYaml }}
{{- $values := $root.Values -}}
KONTOR_ENVIRONMENT: production
KONTOR_PORTAL_URL: {{ $values.portalUrl | quote }}
KONTOR_ADMIN_PUBLIC_URL: {{ $values.adminPublicUrl | quote }}
KONTOR_LOG_LEVEL: {{ $values.logLevel | quote }}
{{- with $values.otlpEndpoint }}
KONTOR_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with $values.trustedProxies }}
FORWARDED_ALLOW_IPS: {{ . | quote }}
{{- end }}
{{- if (get $facts $name | default dict).files }}
KONTOR_FILES_URL: {{ printf "%s/%s" $values.files.url $name | quote }}
{{- end }}
KONTOR_SERVICE_URL: {{ printf "http://%s-{service}:%s" (include "kontor.fullname" $root) (include "kontor.port" $root) | quote }}
{{- if (get $values.services $name).intakeTlsSecret }}
KONTOR_INTAKE_CERTIFICATE_FILE: /etc/kontor/intake-tls/tls.crt
KONTOR_INTAKE_KEY_FILE: /etc/kontor/intake-tls/tls.key
{{- end }}
{{- if (get $values.services $name).statementsClaim }}
KONTOR_STATEMENT_FOLDER: /var/lib/kontor/statements
{{- end }}
{{- range $key, $value := (get $values.services $name).settings }}
KONTOR_{{ upper $key }}: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}

{{/* The settings that are secrets, as a container's env. Takes (list root name). */}}
{{- define "kontor.secretEnv" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}
{{- $fact := get (include "kontor.facts" $root | fromYaml) $name | default dict }}
{{- $needed := concat (list "database-url" "bus-url" "service-secret") ($fact.secrets | default list) }}
{{- $optional := concat (list "ingest-bus-url") ($fact.optional | default list) }}
{{- $secret := (get $root.Values.services $name).existingSecret | default (printf "%s-%s" (include "kontor.fullname" $root) $name) }}
{{- range concat $needed $optional }}
- name: KONTOR_{{ . | replace "-" "_" | upper }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ . }}
      {{- if has . $optional }}
      optional: true
      {{- end }}
{{- end }}
{{- end }}

{{- define "kontor.migrationSecretEnv" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}
- name: KONTOR_MIGRATION_DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ (get $root.Values.services $name).existingSecret | default (printf "%s-%s" (include "kontor.fullname" $root) $name) }}
      key: migration-database-url
{{- end }}

{{/*
What is true of each service wherever it runs; a test holds it to the services' own settings.
secrets: keys of its Secret, given as KONTOR_<KEY>; optional: those that may be absent.
*/}}
{{- define "kontor.facts" -}}
identity:
  port: 8010
  files: true
  secrets: [database-url, bus-url, service-secret, service-secrets, signing-keys, signing-key-id, secret-keys, secret-key-id]
  optional: [ingest-bus-url]
documents:
  port: 8011
  files: true
  secrets: [database-url, bus-url, service-secret]
  optional: [ingest-bus-url]
payments:
  port: 8012
  secrets: [database-url, bus-url, service-secret, credential-key]
  optional: [ingest-bus-url, sandbox-platform-key]
notifications:
  port: 8013
  secrets: [database-url, bus-url, service-secret]
  optional: [smtp-user, smtp-password]
gateway:
  port: 8000
  url: portalUrl
  tls: portalTlsSecret
  secrets: [database-url, copy-database-url, bus-url, service-secret]
admin:
  port: 8001
  url: adminPublicUrl
  tls: adminTlsSecret
  secrets: [database-url, copy-database-url, bus-url, service-secret]
{{- end }}

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
{{- if (get $facts $name).files }}
KONTOR_FILES_URL: {{ printf "%s/%s" $values.files.url $name | quote }}
{{- end }}
{{- range $other, $fact := $facts }}
KONTOR_{{ upper $other }}_URL: {{ printf "http://%s-%s:%v" (include "kontor.fullname" $root) $other $fact.port | quote }}
{{- end }}
{{- range $key, $value := (get $values.services $name).settings }}
KONTOR_{{ upper $key }}: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}

{{/* The settings that are secrets, as a container's env. Takes (list root name). */}}
{{- define "kontor.secretEnv" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}
{{- $fact := get (include "kontor.facts" $root | fromYaml) $name }}
{{- $secret := (get $root.Values.services $name).existingSecret | default (printf "%s-%s" (include "kontor.fullname" $root) $name) }}
{{- range concat $fact.secrets ($fact.optional | default list) }}
- name: KONTOR_{{ . | replace "-" "_" | upper }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ . }}
      {{- if has . ($fact.optional | default list) }}
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

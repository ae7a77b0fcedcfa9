{{- define "kontor.fullname" -}}
{{- ternary .Release.Name (printf "%s-kontor" .Release.Name) (contains "kontor" .Release.Name) | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Takes (list root name), as the next ones do. */}}
{{- define "kontor.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: kontor
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "kontor.labels" -}}
{{- $root := index . 0 -}}
{{ include "kontor.selector" . }}
app.kubernetes.io/version: {{ $root.Values.image.tag | default $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: kontor
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end }}

{{- define "kontor.image" -}}
{{- $root := index . 0 }}{{ $image := $root.Values.image -}}
{{ with $image.registry }}{{ . }}/{{ end }}kontor-{{ index . 1 }}:{{ $image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{/* What every pod is held to. */}}
{{- define "kontor.podSecurity" -}}
automountServiceAccountToken: false
# Service links would be taken for settings: KONTOR_GATEWAY_PORT.
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "kontor.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

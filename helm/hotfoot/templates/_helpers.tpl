{{- define "hotfoot.labels" -}}
app.kubernetes.io/part-of: hotfoot
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /* What all pods of the operator's image have in common. */}}
{{- define "hotfoot.operatorPod" -}}
serviceAccountName: hotfoot-operator
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
priorityClassName: system-cluster-critical
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "hotfoot.operatorContainer" -}}
image: {{ .Values.operator.image | quote }}
imagePullPolicy: {{ .Values.operator.imagePullPolicy }}
env:
  - name: POD_NAMESPACE
    valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
  - {name: HOTFOOT_LOG_JSON, value: {{ eq .Values.logs.format "json" | quote }}}
  {{- with .Values.traces.endpoint }}
  - {name: HOTFOOT_TRACES, value: {{ . | quote }}}
  {{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
resources: {{- toYaml .Values.operator.resources | nindent 2 }}
{{- end }}

{{- /*
The certificates by which operator and agents know each other, as YAML: agent and operator, each {ca.crt, tls.crt,
tls.key} in Base64, and renewAfter, a day. Both are of one CA that lives only while the chart is rendered. Those that
are there stay, until less than a third of their life is left. Made once a rendering, whoever asks first.
*/}}
{{- define "hotfoot.certificates" -}}
{{- if not (hasKey .Values "certificatesMade") }}
{{- $agent := lookup "v1" "Secret" .Release.Namespace "hotfoot-agent-tls" }}
{{- $operator := lookup "v1" "Secret" .Release.Namespace "hotfoot-operator-tls" }}
{{- $renewAfter := dig "metadata" "annotations" "eviction.hotfoot.io/renew-after" "" $operator }}
{{- $made := dict }}
{{- if and $agent $operator (lt (now | date "2006-01-02") $renewAfter) }}
{{- $made = dict "agent" $agent.data "operator" $operator.data "renewAfter" $renewAfter }}
{{- else }}
{{- $days := int .Values.certificates.days }}
{{- $ca := genCA "hotfoot" $days }}
{{- range $name := list "agent" "operator" }}
{{- $cert := genSignedCert (print "hotfoot-" $name) nil (list (print "hotfoot-" $name)) $days $ca }}
{{- $_ := set $made $name (dict "ca.crt" ($ca.Cert | b64enc) "tls.crt" ($cert.Cert | b64enc) "tls.key" ($cert.Key | b64enc)) }}
{{- end }}
{{- $_ := set $made "renewAfter" (now | dateModify (printf "+%dh" (mul $days 16)) | date "2006-01-02") }}
{{- end }}
{{- $_ := set .Values "certificatesMade" $made }}
{{- end }}
{{- toYaml .Values.certificatesMade }}
{{- end }}

{{- /*
The Secret with the certificate of a part. That of cert-manager has another name than the chart's: where an upgrade goes from one
to the other, Helm deletes or makes the one, while cert-manager makes the other.
*/}}
{{- define "hotfoot.tlsSecret" -}}
{{- $root := first . }}
{{- printf "%s-%s" (last .) (ternary "issued" "tls" $root.Values.certificates.certManager.enabled) }}
{{- end }}

{{- /* Has pods begin anew with new certificates. cert-manager's are read again without. */}}
{{- define "hotfoot.certificatesChecksum" -}}
{{- if not .Values.certificates.certManager.enabled }}
checksum/certificates: {{ include "hotfoot.certificates" . | sha256sum }}
{{- end }}
{{- end }}

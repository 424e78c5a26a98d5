{{/* Labels, security settings and workloads of the demo plane's charts. Each chart has this library as a dependency. */}}

{{- define "hangar.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: hangar-demo-plane
app.kubernetes.io/component: {{ .component | default .name }}
{{- end }}

{{/* Pod Security "restricted". */}}
{{- define "hangar.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "hangar.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* A ConfigMap with the programs that the chart lists in "hangar.programNames", and the certificate authority of the
     demo's servers. Containers mount it at /programs. */}}
{{- define "hangar.programs" -}}
{{- $files := (index .Subcharts "demo-library").Files -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-programs
  namespace: {{ .Release.Namespace }}
data:
  {{- range splitList " " (include "hangar.programNames" .) }}
  {{ . }}.mjs: {{ $files.Get (printf "files/%s.mjs" .) | required (printf "demo-library has no program %s" .) | toJson }}
  {{- end }}
  ca.crt: {{ (.Values.servers | default dict).ca | default "" | toJson }}
{{- end }}

{{/* One container: root, name, program, env {NAME: text}, secrets [name] (mounted at /secrets/NAME), health (port). */}}
{{- define "hangar.container" -}}
{{- $health := .health | default 8081 -}}
name: {{ .name }}
image: {{ .root.Values.global.image | quote }}
imagePullPolicy: IfNotPresent
command: [node, {{ printf "/programs/%s.mjs" .program | quote }}]
env:
  - name: COMPONENT
    value: {{ .name | quote }}
  - name: HEALTH_PORT
    value: {{ $health | quote }}
  - name: SERVERS_CA_FILE
    value: /programs/ca.crt
  {{- range $name, $value := .env }}
  - name: {{ $name }}
    value: {{ $value | toString | quote }}
  {{- end }}
ports:
  - name: {{ if eq (int $health) 8081 }}health{{ else }}health-{{ $health }}{{ end }}
    containerPort: {{ $health }}
  {{- range $name, $port := .ports }}
  - name: {{ $name }}
    containerPort: {{ $port }}
  {{- end }}
readinessProbe:
  httpGet:
    path: /readyz
    port: {{ $health }}
  periodSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet:
    path: /livez
    port: {{ $health }}
  initialDelaySeconds: 10
  periodSeconds: 10
resources: {{- .root.Values.resources | toYaml | nindent 2 }}
securityContext: {{- include "hangar.containerSecurity" . | nindent 2 }}
volumeMounts:
  - name: programs
    mountPath: /programs
    readOnly: true
  {{- range .secrets }}
  - name: secret-{{ . }}
    mountPath: /secrets/{{ . }}
    readOnly: true
  {{- end }}
  {{- range $name, $path := .data }}
  - name: {{ $name }}
    mountPath: {{ $path }}
  {{- end }}
{{- end }}

{{/* A Deployment and its ServiceAccount. As hangar.container, and: component, labels, callsApi, claims {volume: claim},
     containers (instead of the one that the arguments describe). */}}
{{- define "hangar.deployment" -}}
{{- $one := . -}}
{{- $containers := .containers | default (list .) -}}
{{- $secrets := list -}}
{{- $data := dict -}}
{{- range $containers }}
{{- $secrets = concat $secrets (.secrets | default list) | uniq -}}
{{- $data = merge $data (.data | default dict) -}}
{{- end -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hangar.labels" . | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hangar.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas | default 1 }}
  revisionHistoryLimit: 2
  progressDeadlineSeconds: 120
  {{- if .claims }}
  strategy:
    type: Recreate
  {{- end }}
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .name }}
  template:
    metadata:
      labels: {{- include "hangar.labels" . | nindent 8 }}
        {{- with .labels }}{{ toYaml . | nindent 8 }}{{ end }}
      annotations:
        hangar.test/programs: {{ include "hangar.programs" .root | sha256sum | trunc 16 | quote }}
    spec:
      serviceAccountName: {{ .name }}
      automountServiceAccountToken: {{ .callsApi | default false }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: 5
      securityContext: {{- include "hangar.podSecurity" . | nindent 8 }}
      containers:
        {{- range $containers }}
        - {{ include "hangar.container" (merge (dict "root" $one.root) .) | nindent 10 | trim }}
        {{- end }}
      volumes:
        - name: programs
          configMap:
            name: {{ .root.Release.Name }}-programs
        {{- range $secrets }}
        - name: secret-{{ . }}
          secret:
            secretName: {{ . }}
        {{- end }}
        {{- range $name, $path := $data }}
        - name: {{ $name }}
          {{- with get ($one.claims | default dict) $name }}
          persistentVolumeClaim:
            claimName: {{ . }}
          {{- else }}
          emptyDir:
            sizeLimit: 64Mi
          {{- end }}
        {{- end }}
{{- end }}

{{/* A Service: root, name, ports {name: port}. */}}
{{- define "hangar.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hangar.labels" . | nindent 4 }}
spec:
  selector:
    app.kubernetes.io/name: {{ .name }}
  ports:
    {{- range $name, $port := .ports }}
    - name: {{ $name }}
      port: {{ $port }}
      targetPort: {{ $name }}
    {{- end }}
{{- end }}

{{/* Fails with a plain sentence if a server has no host: root, where, what. */}}
{{- define "hangar.needsHost" -}}
{{- if not (get (get .root.Values .where) "host") }}
{{- fail (printf "%s.host is empty: %s cannot run without the address of %s. Set it in the plane's settings." .where .root.Chart.Name .what) }}
{{- end }}
{{- end }}

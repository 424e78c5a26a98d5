{{/* The programs that hangar.programs puts into the ConfigMap: those that the containers run, and what these import. */}}
{{- define "hangar.programNames" -}}
kubernetes level log-agent observability-api runtime
{{- end }}

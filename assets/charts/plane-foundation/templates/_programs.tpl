{{/* The programs that hangar.programs puts into the ConfigMap: those that the containers run, and what these import. */}}
{{- define "hangar.programNames" -}}
certificate-manager kubernetes registry runtime secret-resolver upstream x509
{{- end }}

{{/* The programs that hangar.programs puts into the ConfigMap: those that the containers run, and what these import. */}}
{{- define "hangar.programNames" -}}
ballerina lines micro-integrator runtime write
{{- end }}

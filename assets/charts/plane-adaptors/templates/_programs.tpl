{{/* The programs that hangar.programs puts into the ConfigMap: those that the containers run, and what these import. */}}
{{- define "hangar.programNames" -}}
amqp091 amqp1 connection enforcer grpc local-adaptor runtime tls-connection
{{- end }}

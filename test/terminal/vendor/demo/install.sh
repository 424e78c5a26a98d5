#!/usr/bin/env bash
# What a vendor would deliver for the demo plane. The test reads it and never runs it.
set -euo pipefail

CHARTS="$(cd "$(dirname "$0")" && pwd)/charts"
PLANE_NAMESPACE=${PLANE_NAMESPACE:-hangar-plane}
INTEGRATIONS_NAMESPACE=hangar-integrations
IMAGE=${IMAGE:-hangar.test/node:24}

release() {
  local name="$1" namespace="$2"
  shift 2
  echo "Installing ${name} into ${namespace}"
  helm upgrade --install "$name" "$CHARTS/$name" --namespace "$namespace" --create-namespace \
    --timeout 3m --wait "$@"
}

kubectl create namespace "$PLANE_NAMESPACE" --dry-run=client -o yaml | kubectl apply -f -

helm upgrade --install plane-foundation "$CHARTS/plane-foundation" -n "$PLANE_NAMESPACE" --timeout 3m --wait \
  --set-string "global.image=$IMAGE" --set-file "servers.ca=$SERVERS_CA_FILE" \
  --set "keyVault.host=$KEY_VAULT_HOST,keyVault.port=$KEY_VAULT_PORT" \
  --set "registry.host=$REGISTRY_HOST,registry.port=$REGISTRY_PORT" \
  --set "dnsService.host=$DNS_SERVICE_HOST,dnsService.port=$DNS_SERVICE_PORT" \
  --set "acme.host=$ACME_HOST" --set "acme.port=$ACME_PORT"
helm upgrade --install plane-flux "$CHARTS/plane-flux" -n flux-system --timeout 3m
release plane-integrations "$INTEGRATIONS_NAMESPACE"
release plane-gateway "$PLANE_NAMESPACE"
helm upgrade --install plane-agent "$CHARTS/plane-agent" -n "$PLANE_NAMESPACE" --timeout 3m \
  --set-string "global.image=$IMAGE" --set-file "servers.ca=$SERVERS_CA_FILE" \
  --set "planeId=$PLANE_ID" \
  --set "controlPlane.host=$CONTROL_PLANE_HOST" --set "controlPlane.port=$CONTROL_PLANE_PORT"
helm upgrade --install plane-adaptors "$CHARTS/plane-adaptors" -n "$PLANE_NAMESPACE" --timeout 3m \
  --set-string "global.image=$IMAGE" --set-file "servers.ca=$SERVERS_CA_FILE" \
  --set "planeId=$PLANE_ID" \
  --set "globalAdaptor.host=$GLOBAL_ADAPTOR_HOST" --set "globalAdaptor.port=$GLOBAL_ADAPTOR_PORT" \
  --set "serviceBus.host=$SERVICE_BUS_HOST" --set "serviceBus.port=$SERVICE_BUS_PORT" \
  --set "eventHub.host=$EVENT_HUB_HOST" --set "eventHub.port=$EVENT_HUB_PORT"
release plane-observability "$PLANE_NAMESPACE"

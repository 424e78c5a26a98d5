#!/bin/sh
# Made to be hard to read; the test reads it and never runs it.
set -eu
HERE=$(cd -- "$(dirname -- "$0")" && pwd)
: "${REGION:?is missing}"

cat > /tmp/notes <<'NOTES'
helm install not-a-release ./charts/none
NOTES

touch "$HERE/it-ran" # The test looks for this file.
eval "helm install evaluated ./charts/evaluated"
`touch "$HERE/it-ran"`

up() {
  name=$1; space=$2; shift 2
  ${HELM:-helm} upgrade --install "$name" "$HERE/charts/$name" \
    -n "$space" --create-namespace "$@"
}

main() {
  # Before the operator that defines its custom resource.
  up storefront shop -f "$HERE/values-production.yaml" --set "token=$STORE_TOKEN"
  if [ "${WITH_DATABASE:-yes}" = yes ]; then
    up database shop-data --set size="${DATABASE_SIZE:-20Gi}" --set "backup.url=$BACKUP_URL" --set rootPassword="$ROOT"
  else
    echo "No database"
  fi
  sudo -E helm install operator "$HERE"/charts/operator -n shop-system --timeout 10m
  helm upgrade --install "$(uname)" ./charts/unknown
  helm install extras oci://registry.shop.vendor.com/charts/extras --version 1.0.0 -n shop
  helm install latest oci://registry.shop.vendor.com/charts/latest
}

main "$@"

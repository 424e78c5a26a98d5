import type { Manifest } from '../bed/api.ts'
import type { Bed } from '../bed/bed.ts'
import { programPath } from '../bed/programs.ts'

/** A Loki of several tenants in one process, which keeps everything in its pod. */
const configuration = `
auth_enabled: true
server: { http_listen_port: 3100, grpc_listen_port: 9095, log_level: warn }
common:
  instance_addr: 127.0.0.1
  path_prefix: /tmp/loki
  replication_factor: 1
  ring: { instance_addr: 127.0.0.1, kvstore: { store: inmemory } }
  storage: { filesystem: { chunks_directory: /tmp/loki/chunks, rules_directory: /tmp/loki/rules } }
schema_config:
  configs:
    - { from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: index_, period: 24h } }
limits_config: { reject_old_samples: false, ingestion_rate_mb: 100, ingestion_burst_size_mb: 100 }
analytics: { reporting_enabled: false }
`

const image = 'hangar.test/loki:1'
const labels = { app: 'loki' }

/** Packs the image, and returns the pod and its service, in the default namespace. */
export async function lokiObjects(bed: Bed, signal: AbortSignal): Promise<readonly [Manifest, Manifest]> {
  const files = [
    { path: 'loki', source: programPath('loki') },
    { path: 'etc/loki.yaml', text: configuration },
  ]
  await bed.importImage(image, files, { entrypoint: ['/loki', '-config.file=/etc/loki.yaml'] }, signal)
  const container = {
    name: 'loki',
    image,
    imagePullPolicy: 'Never',
    readinessProbe: { httpGet: { path: '/ready', port: 3100 }, periodSeconds: 1 },
  }
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'loki', namespace: 'default', labels },
      spec: { terminationGracePeriodSeconds: 0, containers: [container] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'loki', namespace: 'default' },
      spec: { selector: labels, ports: [{ name: 'http', port: 3100 }] },
    },
  ]
}

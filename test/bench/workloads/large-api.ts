import { argv, stdin } from 'node:process'
import { type Answer, json, statusObject } from '../../clusters/api-server.ts'
import { makeCertificates } from '../../clusters/certificates.ts'
import { serveHttp2 } from '../../workloads/http2-api.ts'

/**
 * A stand-in for the API server of a large plane: `node large-api.ts PODS NAMESPACES`. Prints its URL and authority as JSON, and
 * ends with its standard input. Pods and Deployments have the size of real ones; other kinds are served and empty.
 */

const [podCount = 0, namespaceCount = 0] = argv.slice(2).map(Number)
const namespaceOf = (index: number): string => `plane-${index % namespaceCount}`

/** What the API server writes about the fields of a pod that the kubelet and two controllers manage. */
const managedFields = Array.from({ length: 3 }, (_, index) => ({
  manager: `controller-${index}`,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: Object.fromEntries(Array.from({ length: 24 }, (__, at) => [`f:field-${index}-${at}`, { '.': {} }])),
}))

const ownerOf = (namespace: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'gateway',
  uid: `deployment-${namespace}`,
  controller: true,
})

let version = 1_000_000

function pod(index: number): object {
  const namespace = namespaceOf(index)
  const at = '2026-01-01T00:00:00Z'
  const condition = (type: string): object => ({ type, status: 'True', lastTransitionTime: at })
  return {
    metadata: {
      name: `gateway-${index}`,
      namespace,
      uid: `pod-${index}`,
      resourceVersion: `${version}`,
      creationTimestamp: at,
      labels: { app: 'gateway', 'pod-template-hash': '7d9c5b8f6c' },
      ownerReferences: [ownerOf(namespace)],
      managedFields,
    },
    spec: {
      nodeName: `node-${index % 1_000}`,
      containers: [{ name: 'main', image: 'registry.example/gateway:1.2.3', env: [{ name: 'MODE', value: 'plane' }] }],
    },
    status: {
      phase: 'Running',
      startTime: at,
      podIP: '10.0.0.1',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
      containerStatuses: [
        { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: at } }, image: 'gateway' },
      ],
    },
  }
}

const deployment = (index: number): object => {
  const replicas = podCount / namespaceCount
  return {
    metadata: {
      name: 'gateway',
      namespace: namespaceOf(index),
      uid: `deployment-${namespaceOf(index)}`,
      resourceVersion: `${version}`,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { replicas },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      conditions: [
        { type: 'Available', status: 'True' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      ],
    },
  }
}

/** By plural name: how many there are, and one of them. */
const collections: Readonly<Record<string, { readonly count: number; readonly make: (index: number) => object }>> = {
  pods: { count: podCount, make: pod },
  deployments: { count: namespaceCount, make: deployment },
}

/** The open watches of pods. */
const watches = new Set<(line: string) => void>()

const answer: Answer = ({ url }, response) => {
  const { pathname, searchParams } = url
  if (pathname === '/version') return json(response, 200, { gitVersion: 'v1.36.0' })
  const found = /^\/(?:api\/v1|apis\/[^/]+\/v\d\w*)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(pathname)
  if (found === null) return json(response, 404, statusObject(404, 'NotFound', 'not found'))
  const [, namespace, plural = ''] = found
  if (searchParams.has('watch')) {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    if (plural !== 'pods' || namespace !== undefined) return
    const send = (line: string): void => void response.write(line)
    watches.add(send)
    response.on('close', () => watches.delete(send))
    return
  }
  const { count = 0, make = () => ({}) } = collections[plural] ?? {}
  const from = Number(searchParams.get('continue') ?? 0)
  const to = Math.min(count, from + Number(searchParams.get('limit') ?? count))
  const items = Array.from({ length: Math.max(0, to - from) }, (_, index) => make(from + index))
  const more = to < count ? { continue: `${to}`, remainingItemCount: count - to } : {}
  json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: `${version}`, ...more }, items })
}

/** What a plane of this size does all the time. */
const changesPerSecond = 20
setInterval(() => {
  version += 1
  const object = { apiVersion: 'v1', kind: 'Pod', ...pod(version % podCount) }
  for (const send of watches) send(`${JSON.stringify({ type: 'MODIFIED', object })}\n`)
}, 1_000 / changesPerSecond).unref()

const tls = await makeCertificates()
const server = await serveHttp2(tls, answer)
console.log(JSON.stringify({ url: server.url, ca: tls.ca }))
stdin.resume().once('end', () => process.exit(0))

import { randomBytes } from 'node:crypto'
import type { DesiredObject } from '../../../main/lib/kubernetes/apply.ts'
import { type Authority, createAuthority } from '../../peers/authority.ts'
import type { DemoServers } from '../../peers/demo.ts'
import { hosts, type PeerName, peerNames } from '../../peers/peers.ts'
import { markLabels, servicesNamespace } from './footprint.ts'

/** Above 1023, so that a process without privileges can listen. The Services have the same ports. */
const amqpPort = 5671
const tlsPort = 8443
const chartsPort = 8080

const portOf = (name: PeerName): number => (name === 'serviceBus' || name === 'eventHub' ? amqpPort : tlsPort)
const hostOf = (service: string): string => `${service}.${servicesNamespace}.svc`

/** Where Flux's helm-controller gets the charts. */
export const chartsUrl = `http://${hostOf('charts')}:${chartsPort}`

/** The servers as the plane's settings and credentials name them: every one is a Service of the cluster. */
export function describeServers(authority: Authority = createAuthority()): DemoServers {
  const account = () => ({ username: 'plane', password: randomBytes(18).toString('base64url') })
  const addresses = Object.fromEntries(
    peerNames.map((name) => [name, { host: hostOf(hosts[name]), port: portOf(name) }]),
  ) as Record<PeerName, { host: string; port: number }> // one for each name
  const { registry, ...others } = addresses
  return {
    ...others,
    authority,
    brokers: account(),
    registry: { ...registry, ...account() },
    keyVault: { ...addresses.keyVault, token: `hvs.${randomBytes(24).toString('base64url')}` },
  }
}

/** What a server needs to know of a client; most accept any. */
function accountOf(name: PeerName, { brokers, registry, keyVault }: DemoServers): { username: string; secret: string } {
  if (name === 'serviceBus' || name === 'eventHub') return { username: brokers.username, secret: brokers.password }
  if (name === 'registry') return { username: registry.username, secret: registry.password }
  if (name === 'keyVault') return { username: '', secret: keyVault.token }
  // Nobody signs in to the vendor's registry: Flux's charts come from their own Service.
  return { username: '', secret: name === 'vendorRegistry' ? randomBytes(18).toString('base64url') : '' }
}

export interface ServiceOptions {
  readonly servers: DemoServers
  /** Image with Node 24. */
  readonly image: string
  /** The text of the module that all of them run (`bundleServices`). */
  readonly program: string
  /** The archives that Flux installs from, by file name. */
  readonly charts: Readonly<Record<string, Buffer>>
}

/** The namespace and everything in it, in the order in which to apply it. */
export function serviceObjects({ servers, image, program, charts }: ServiceOptions): readonly DesiredObject[] {
  const secrets = peerNames.map((name): DesiredObject => {
    const { certificate, key } = servers.authority.issue({ names: [servers[name].host] })
    const data = { 'ca.crt': servers.authority.certificate, 'tls.crt': certificate, 'tls.key': key }
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata(hosts[name]),
      stringData: { ...data, ...accountOf(name, servers) },
    }
  })
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('program'),
      data: { 'services.mjs': program },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('charts'),
      binaryData: Object.fromEntries(Object.entries(charts).map(([name, bytes]) => [name, bytes.toString('base64')])),
    },
    ...secrets,
    ...peerNames.flatMap((name) => {
      const service = hosts[name]
      return runningService({ name, service, port: portOf(name), image, files: { secret: { secretName: service } } })
    }),
    ...runningService({
      name: 'charts',
      service: 'charts',
      port: chartsPort,
      image,
      files: { configMap: { name: 'charts' } },
    }),
  ]
}

const metadata = (name: string) => ({ name, namespace: servicesNamespace, labels: { ...markLabels, app: name } })

interface RunningService {
  /** As the program knows it. */
  readonly name: string
  /** As the cluster knows it. */
  readonly service: string
  readonly port: number
  readonly image: string
  readonly files: object
}

function runningService({ name, service, port, image, files }: RunningService): DesiredObject[] {
  const env = { SERVICE: name, HOST: hostOf(service), PORT: String(port), FILES: '/files' }
  const container = {
    name: 'server',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '/program/services.mjs'],
    env: [
      ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
      { name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ],
    ports: [{ containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '160Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'program', mountPath: '/program', readOnly: true },
      { name: 'files', mountPath: '/files', readOnly: true },
    ],
  }
  const template = {
    metadata: { labels: { app: service } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 5,
      // Pod Security "restricted".
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        fsGroup: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [container],
      volumes: [
        { name: 'program', configMap: { name: 'program' } },
        { name: 'files', ...files },
      ],
    },
  }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(service),
      spec: { replicas: 1, selector: { matchLabels: { app: service } }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(service),
      spec: { selector: { app: service }, ports: [{ port, targetPort: port }] },
    },
  ]
}

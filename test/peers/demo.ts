import { randomBytes } from 'node:crypto'
import type { PlaneValues } from '../../preload/contract/planes.ts'
import type { Authority } from './authority.ts'
import { type PeerName, peerNames } from './peers.ts'

/** What the plane's settings and credentials need of its servers. */
export type DemoServers = Readonly<Record<PeerName, { readonly host: string; readonly port: number }>> & {
  readonly authority: Pick<Authority, 'certificate' | 'issue'>
  readonly keyVault: { readonly token: string }
  readonly brokers: { readonly username: string; readonly password: string }
  readonly registry: { readonly username: string; readonly password: string }
}

/** The addresses of the bed that the demo plane's values need. */
export type DemoBed = {
  /** `address:port` of the DNS server with the servers' names; absent: that of this computer. */
  readonly resolver?: string
  readonly image?: string
  readonly helmControllerImage?: string
}

const planeId = 'demo'

/** The demo profile's settings for these servers, for `--values`. */
export const demoValues = (peers: DemoServers, bed: DemoBed = {}): PlaneValues => {
  const listenAddress = (name: PeerName) => ({ host: peers[name].host, port: peers[name].port })
  return {
    settings: {
      planeId,
      image: bed.image ?? 'hangar.test/node:24',
      helmControllerImage: bed.helmControllerImage ?? 'hangar.test/helm-controller:1.6.2',
      resolver: bed.resolver ?? '',
      servers: { ca: peers.authority.certificate },
      ...Object.fromEntries(peerNames.map((name) => [name, listenAddress(name)])),
    },
    overrides: {},
  }
}

export type DemoCredential = { readonly credential: string; readonly key: string; readonly value: string }

/** A value for each key of each credential of the demo profile, for the vault; a new client certificate each time. */
export const demoCredentials = (peers: DemoServers): readonly DemoCredential[] => {
  const { certificate, key } = peers.authority.issue({ client: true, commonName: `plane-${planeId}`, days: 90 })
  const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'plane-certificate': { 'tls.crt': certificate, 'tls.key': key },
    'key-vault-token': { token: peers.keyVault.token },
    'messaging-account': { username: peers.brokers.username, password: peers.brokers.password },
    'registry-account': { username: peers.registry.username, password: peers.registry.password },
    'gateway-api-key': { key: randomBytes(18).toString('base64url') },
  }
  return Object.entries(values).flatMap(([credential, keys]) =>
    Object.entries(keys).map(([name, value]) => ({ credential, key: name, value })),
  )
}

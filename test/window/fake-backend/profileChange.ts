import type { EndpointTarget, ProfileChange } from '../../../preload/contract/profile-change.ts'
import { ago } from './clock.ts'
import { demoId } from './planes.ts'

const registry: EndpointTarget = {
  host: 'registry.vendor.example',
  port: 443,
  protocol: 'oci',
  tls: true,
  path: '',
  serverName: '',
  trust: 'system',
  credential: 'registry-login',
  clientCertificate: '',
  proxy: 'env',
  companions: ['blobs.vendor.example:443 https'],
}

/** A colleague's change of a shared profile; `version` is the number of the change. */
export const profileChangeOf = (version: number): ProfileChange => ({
  planeId: demoId,
  plane: 'demo',
  profile: 'demo',
  origin: 'own',
  digest: String(version).repeat(64),
  approved: { digest: 'a'.repeat(64), at: ago(90_000) },
  difference: {
    credentials: [
      {
        credential: 'registry-login',
        before: ['oci registry.vendor.example:443, roots: system'],
        after: [`oci registry-${version}.attacker.example:443, roots: file ca.pem`],
      },
    ],
    endpoints: [
      {
        id: 'image-registry',
        kind: 'changed',
        before: registry,
        after: { ...registry, host: `registry-${version}.attacker.example\u202e`, trust: 'file ca.pem' },
      },
      {
        id: 'telemetry',
        kind: 'added',
        before: null,
        after: { ...registry, host: 'collector.example', protocol: 'https', credential: '', companions: [] },
      },
      {
        id: 'old-broker',
        kind: 'removed',
        before: { ...registry, host: 'amqp.vendor.example', port: 5671, protocol: 'amqp1' },
        after: null,
      },
    ],
    releases: [
      { name: 'agent', kind: 'changed', before: 'demo: charts/agent', after: 'demo: charts/agent', values: true },
    ],
    files: [
      { path: 'ca.pem', kind: 'added' },
      { path: 'charts/agent/templates/deployment.yaml', kind: 'changed' },
    ],
    settingsSchema: true,
    fields: ['probeImage'],
  },
})

/** The profile is as it was approved; a setting of the plane names another registry. */
export const movedCredential: ProfileChange = {
  ...profileChangeOf(1),
  difference: {
    ...profileChangeOf(1).difference,
    endpoints: [],
    releases: [],
    files: [],
    settingsSchema: false,
    fields: [],
  },
}

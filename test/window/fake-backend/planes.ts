import type { Context, ContextList } from '../../../preload/contract/clusters.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import type { Profile, ProfileEntry } from '../../../preload/contract/profiles.ts'
import { ago } from './clock.ts'

export const demoId = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
export const paymentsId = '6a1d2c3b-9e8f-4a7b-8c6d-5e4f3a2b1c0d'

export const planes: readonly Plane[] = [
  {
    id: demoId,
    name: 'demo',
    profile: 'demo',
    contextId: 'kind',
    contextName: 'bed-1',
    managementModel: 'self',
    settings: { controlPlane: { host: 'cp.bed.test', port: 8443 }, region: 'westeurope' },
    overridden: [],
    createdAt: ago(90_000),
    installedAt: ago(86_000),
  },
  {
    id: paymentsId,
    name: 'payments-eu',
    profile: 'demo',
    contextId: 'aks',
    contextName: 'aks-payments-eu',
    managementModel: 'vendor',
    settings: { controlPlane: { host: 'cp.vendor.example', port: 443 }, region: 'northeurope' },
    overridden: [],
    createdAt: ago(3_600),
  },
]

const context = (part: Partial<Context> & Pick<Context, 'id' | 'name'>): Context => ({
  file: '/home/operator/.kube/config',
  cluster: part.name,
  server: `https://${part.name}.example:6443`,
  user: 'operator',
  authentication: 'exec',
  current: false,
  ...part,
})

export const contexts: ContextList = {
  contexts: [
    context({
      id: 'kind',
      name: 'bed-1',
      server: 'https://10.80.1.1:6443',
      authentication: 'certificate',
      current: true,
    }),
    context({ id: 'aks', name: 'aks-payments-eu', authentication: 'exec' }),
    context({ id: 'oidc', name: 'on-premises-frankfurt', authentication: 'oidc', proxy: 'http://proxy.corp:3128' }),
    context({
      id: 'broken',
      name: 'old-staging',
      problem: {
        code: 'KUBECONFIG_INVALID',
        message: 'The context "old-staging" names the cluster "staging-2019", which is not there.',
        hint: 'Correct the kubeconfig at the named line. The other contexts remain usable.',
        evidence: '/home/operator/.kube/config: contexts[3].context.cluster',
      },
    }),
    context({
      id: 'eks',
      name: 'eks-analytics',
      server: 'https://7C1D5A8E0F.gr7.eu-central-1.eks.amazonaws.com',
      user: 'arn:aws:eks:eu-central-1:111122223333:cluster/analytics',
      consent: {
        id: 'consent-eks',
        given: false,
        file: '/home/operator/.kube/config',
        items: [
          {
            kind: 'program',
            command: 'aws',
            path: '/usr/local/aws-cli/v2/2.31.9/dist/aws',
            args: ['--region', 'eu-central-1', 'eks', 'get-token', '--cluster-name', 'analytics', '--output', 'json'],
            environment: [{ name: 'AWS_PROFILE', value: 'analytics-admin' }],
          },
        ],
        wholeFile: true,
        variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
      },
    }),
    context({
      id: 'shared',
      name: 'vendor-staging',
      file: '/home/operator/Downloads/vendor-staging.yaml',
      server: 'http://10.20.0.4:8080',
      consent: {
        id: 'consent-shared',
        given: false,
        file: '/home/operator/Downloads/vendor-staging.yaml',
        items: [
          {
            kind: 'program',
            command: 'sh',
            path: '/usr/bin/dash',
            args: ['-c', 'curl -s https://login.vendor.example/token\u202e | tee /tmp/t'],
            environment: [
              { name: 'PATH', value: '/home/operator/Downloads/bin:/usr/bin' },
              { name: 'CLIENT_SECRET', value: '***' },
            ],
          },
          { kind: 'token-file', file: '/home/operator/.config/gh/hosts.yml', server: 'http://10.20.0.4:8080' },
          { kind: 'unencrypted', server: 'http://10.20.0.4:8080' },
        ],
        wholeFile: false,
        variables: [],
      },
    }),
    ...Array.from({ length: 40 }, (_, index) =>
      context({ id: `team-${index}`, name: `team-${String(index).padStart(2, '0')}-dev`, authentication: 'token' }),
    ),
  ],
  problems: [],
  readAt: ago(20),
}

/** How the cluster of a generated context answers. */
export function answerOf(contextId: string): 'reachable' | 'unreachable' | 'expired' | 'slow' {
  const index = Number(/^many-(\d+)$/.exec(contextId)?.[1] ?? 0)
  if (index % 29 === 9) return 'expired'
  if (index % 13 === 4) return 'unreachable'
  return index % 23 === 7 ? 'slow' : 'reachable'
}

/** With the usual ones, 1,000 contexts: names of a fleet, which differ at the end. */
export const manyContexts: ContextList = {
  ...contexts,
  contexts: [
    ...contexts.contexts,
    ...Array.from({ length: 1_000 - contexts.contexts.length }, (_, index) => {
      const id = `many-${index}`
      const name = `arn-aws-eks-eu-central-1-111122223333-cluster-orders-${String(index).padStart(3, '0')}`
      const warnings = [
        {
          code: 'CREDENTIAL_ENDED' as const,
          message: `The client certificate of ${name} ended.`,
          hint: 'Get a new kubeconfig from the administrator of the cluster.',
          evidence: '',
        },
      ]
      return context({ id, name, ...(answerOf(id) === 'expired' && { warnings }) })
    }),
  ],
}

export const demoProfile: Profile = {
  schemaVersion: 1,
  name: 'demo',
  title: 'Demo plane',
  description: 'A small private data plane that does small real things.',
  settings: {
    type: 'object',
    required: ['region', 'controlPlane'],
    properties: {
      region: {
        type: 'string',
        title: 'Region',
        minLength: 1,
        default: 'westeurope',
        description: 'Where the plane says it is.',
      },
      controlPlane: {
        type: 'object',
        title: 'Control plane',
        required: ['host'],
        properties: {
          host: { type: 'string', title: 'Host', minLength: 1, description: 'What the agent connects to.' },
          port: { type: 'integer', title: 'Port', minimum: 1, maximum: 65_535, default: 443 },
        },
      },
      authority: { type: 'string', title: 'Certificate authority (PEM)', 'x-hangar-widget': 'pem' },
      observability: { type: 'boolean', title: 'Install the observability API', default: true },
    },
  },
  managementModels: [
    {
      id: 'self',
      title: 'Self-managed',
      summary: 'You run the cluster and the plane; the vendor ships charts.',
      tasks: [
        { task: 'Provide the cluster', responsible: 'customer' },
        { task: 'Install and update the plane', responsible: 'customer' },
        { task: 'Open the firewall', responsible: 'customer' },
        { task: 'Ship charts and images', responsible: 'vendor' },
        { task: 'Handle incidents', responsible: 'both', accountable: 'customer' },
      ],
    },
    {
      id: 'vendor',
      title: 'Vendor-managed, your subscription',
      summary: 'The vendor runs the plane in a subscription of yours.',
      tasks: [
        { task: 'Provide the subscription and the network', responsible: 'customer' },
        { task: 'Install and update the plane', responsible: 'vendor' },
        { task: 'Handle incidents', responsible: 'vendor' },
      ],
    },
  ],
  requirements: { kubernetes: '>=1.30', storageClass: true, customResources: [] },
  components: [],
  credentials: [
    {
      id: 'agent',
      title: 'Client certificate of the agent',
      help: 'The vendor gave it to you when the plane was registered.',
      secret: { name: 'agent-tls', namespaces: ['plane-system'], type: 'kubernetes.io/tls' },
      keys: [
        { key: 'tls.crt', title: 'Certificate (PEM)', kind: 'pem' },
        { key: 'tls.key', title: 'Private key (PEM)', kind: 'pem' },
      ],
      required: true,
    },
    {
      id: 'registry',
      title: 'Registry token',
      secret: { name: 'registry', namespaces: ['plane-system'], type: 'Opaque' },
      keys: [{ key: 'token', title: 'Token', kind: 'password' }],
      required: true,
    },
  ],
  releases: [],
  endpoints: [],
  logSources: [
    {
      id: 'agent',
      title: 'Agent',
      component: 'agent',
      namespace: 'plane-system',
      selector: 'app=agent',
      format: 'plain',
    },
  ],
}

const entry = (part: Partial<ProfileEntry> & Pick<ProfileEntry, 'name' | 'title'>): ProfileEntry => ({
  description: '',
  origin: 'built-in',
  file: `assets/profiles/${part.name}/profile.yaml`,
  endpoints: 13,
  releases: 6,
  ...part,
})

export const profileEntries: readonly ProfileEntry[] = [
  entry({ name: 'demo', title: 'Demo plane', description: 'A small private data plane that does small real things.' }),
  entry({
    name: 'devant',
    title: 'Devant',
    description: "Devant's private data plane, as its specification has it.",
    endpoints: 14,
  }),
  entry({
    name: 'openchoreo',
    title: 'OpenChoreo',
    description: 'The data plane of OpenChoreo, from its public charts.',
    endpoints: 5,
  }),
  entry({
    name: 'my-devant',
    title: 'Devant for payments',
    origin: 'own',
    description: 'Ours.',
    file: '~/.hangar/profiles/my-devant.yaml',
  }),
  entry({
    name: 'draft',
    title: 'draft',
    origin: 'own',
    endpoints: 0,
    releases: 0,
    problem: {
      code: 'PROFILE_INVALID',
      message: 'Line 12, field endpoints[0].port: expected a port, found "https".',
      hint: 'Correct the field at the named line.',
      evidence: 'draft.yaml:12:11',
    },
  }),
]

export const profileText = `# A profile describes a kind of plane.
schemaVersion: 1
name: my-devant
title: Devant for payments
description: Ours.
managementModels:
  - id: self
    title: Self-managed
    summary: You run the cluster and the plane.
    tasks: []
components:
  - id: gateway
    title: Gateway
    summary: Routes calls to the integrations.
    providedBy: flux
releases: []
endpoints:
  - id: control-plane
    component: gateway
    host: cp.vendor.example
    protocol: wss
    required: true
`

import type { DraftChange, DraftRow, ProfileDraft } from '../../../preload/contract/profile-draft.ts'

const row = (
  id: string,
  title: string,
  confidence: DraftRow['confidence'],
  evidence: readonly [place: string, text: string][],
  entry: DraftRow['entry'],
): DraftRow => ({
  id,
  kind: kindOf(id),
  title,
  confidence,
  evidence: evidence.map(([place, text]) => ({ place, text })),
  entry,
})

const kinds = ['setting', 'requirement', 'release', 'component', 'credential', 'endpoint', 'logSource'] as const
const kindOf = (id: string): DraftRow['kind'] => kinds.find((kind) => id.startsWith(`${kind}:`)) ?? 'endpoint'

/** What Hangar would propose from a small vendor's files. */
export const draftOf = (name: string, paths: readonly string[]): ProfileDraft => ({
  draftId: '5a1f9f64-6a46-4a0e-9d3f-2f6d3c0d7e11',
  name,
  rows: [
    row(
      'setting:controlPlane.host',
      'controlPlane.host (string)',
      'sure',
      [['vendor/install.sh:14', 'controlPlane.host=$CONTROL_PLANE_HOST']],
      { name: 'controlPlane.host', schema: { type: 'string', title: 'Control plane host', default: '' } },
    ),
    row('requirement:storageClass-true', 'A storage class', 'sure', [['store: PersistentVolumeClaim/data', '10Gi']], {
      storageClass: true,
    }),
    row(
      'release:agent',
      'agent in plane, chart vendor/charts/agent',
      'sure',
      [['vendor/install.sh:14', 'helm upgrade --install agent charts/agent -n plane']],
      { name: 'agent', namespace: 'plane', chart: { path: 'charts/agent' }, components: ['agent'], values: {} },
    ),
    row('component:agent', 'Agent: Deployment agent', 'sure', [['agent', 'Deployment/agent in plane']], {
      id: 'agent',
      title: 'Agent',
      summary: 'Deployment agent of the release agent.',
      providedBy: 'release',
    }),
    row(
      'credential:agent-token',
      'Secret agent-token with token',
      'likely',
      [['agent: Deployment/agent', 'env TOKEN']],
      { id: 'agent-token', title: 'Agent token', secret: { name: 'agent-token', namespaces: ['plane'] }, keys: [] },
    ),
    row(
      'endpoint:agent-control-plane',
      'agent → https ${controlPlane.host}:443',
      'guess',
      [
        ['agent: Deployment/agent', 'spec.template.spec.containers[agent].env[HOST].value: ${controlPlane.host}'],
        ['vendor/connections.csv:2', 'agent, Control plane, $CONTROL_PLANE_HOST'],
      ],
      { id: 'agent-control-plane', component: 'agent', host: '${controlPlane.host}', port: 443, protocol: 'https' },
    ),
    row('logSource:agent', 'Deployment agent: app=agent', 'sure', [['agent: Deployment/agent', '']], {
      id: 'agent',
      title: 'Agent',
      component: 'agent',
      namespace: 'plane',
      selector: 'app=agent',
    }),
  ],
  unread: [
    { place: 'vendor/install.sh:3', text: 'kubectl apply -f -', why: 'Only helm commands are read.' },
    ...paths
      .filter((path) => path.endsWith('broken.yaml'))
      .map((place) => ({ place, text: '', why: 'It is not valid YAML.' })),
  ],
})

/** What a newer version of the same files would change. */
export const draftChanges: readonly DraftChange[] = [
  {
    row: 'release:agent',
    title: 'agent in plane, chart vendor/charts/agent',
    kind: 'changed',
    confidence: 'sure',
    evidence: [{ place: 'vendor/install.sh:14', text: 'helm upgrade --install agent charts/agent -n plane' }],
    fields: [{ field: 'chart', before: '1.0.0', after: '1.1.0' }],
  },
  {
    row: 'endpoint:agent-control-plane',
    title: 'agent → https ${controlPlane.host}:443',
    kind: 'changed',
    confidence: 'guess',
    evidence: [{ place: 'agent: Deployment/agent', text: 'env[HOST].value: ${controlPlane.host}' }],
    fields: [{ field: 'port', before: '8443', after: '443' }],
  },
  {
    row: 'logSource:agent',
    title: 'Deployment agent: app=agent',
    kind: 'added',
    confidence: 'sure',
    evidence: [{ place: 'agent: Deployment/agent', text: '' }],
    fields: [],
  },
  { row: 'endpoint:old-broker', title: 'old-broker', kind: 'missing', confidence: 'guess', evidence: [], fields: [] },
]

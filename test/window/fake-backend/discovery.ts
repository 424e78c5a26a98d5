import type { PlaneDiscovery } from '../../../preload/contract/install.ts'

type Part = PlaneDiscovery['components'][number]['parts'][number]
const deployment = (name: string, state: Part['state'] = 'found', version = '2.4.1'): Part => ({
  kind: 'Deployment',
  namespace: 'plane-system',
  name,
  state,
  version: state === 'found' ? version : '',
})
const component = (id: string, title: string, state: PlaneDiscovery['components'][number]['state'], parts: Part[]) => ({
  id,
  title,
  providedBy: parts.length === 0 ? 'vendor' : 'release',
  required: true,
  state,
  version: parts.find(({ version }) => version !== '')?.version ?? '',
  parts,
})

/** A plane that another helm installed; undefined context: there is none in the cluster. */
export const discoveryOf = (profile: string, isFound: boolean): PlaneDiscovery => ({
  profile,
  marks: [],
  releases: ['agent', 'gateway', 'observability'].map((name) => ({
    name,
    namespace: 'plane-system',
    title: name,
    via: name === 'gateway' ? 'flux' : 'helm',
    state: isFound ? 'found' : 'missing',
    by: isFound ? (name === 'gateway' ? 'flux' : 'helm') : 'unknown',
    revision: isFound ? `${name}-2.4.1, revision 3, deployed` : '',
  })),
  components: [
    component('agent', 'Agent', isFound ? 'found' : 'missing', [deployment('agent', isFound ? 'found' : 'missing')]),
    component('gateway', 'API gateway', isFound ? 'partial' : 'missing', [
      deployment('gateway', isFound ? 'found' : 'missing'),
      deployment('gateway-filter', 'missing'),
    ]),
    component('logs', 'Log agent', isFound ? 'unknown' : 'missing', [
      deployment('log-agent', isFound ? 'unknown' : 'missing'),
    ]),
    component('control-plane', 'Control plane', 'elsewhere', []),
  ],
  settings: isFound ? { region: 'westeurope', controlPlane: { host: 'cp.vendor.example', port: 443 } } : {},
  installedBy: 'others',
  isInstalled: isFound,
})

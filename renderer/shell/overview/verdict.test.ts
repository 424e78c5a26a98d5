import { describe, expect, it } from 'vitest'
import { timeFormat } from '../../lib/time.ts'
import { overviewVerdict, type Situation } from './verdict.ts'

const now = new Date(2026, 2, 1, 15, 0).getTime()
const at = new Date(2026, 2, 1, 13, 18).toISOString()
const earlier = new Date(2026, 1, 27, 9, 5).toISOString()

const component = (title: string, health: Situation['components'][number]['health'], reason = '', since = at) => ({
  title,
  providedBy: 'release',
  health,
  reason,
  since,
})
const healthy: Situation = {
  phase: 'installed',
  contextName: 'bed-1',
  operation: undefined,
  connection: 'live',
  connectionReason: '',
  asOf: at,
  components: [component('Agent', 'healthy'), component('Gateway', 'healthy')],
  failed: [],
  checked: 10,
}
const ofVendor = { ...component('Flux source', 'unknown'), providedBy: 'vendor' }
const ofCluster = { ...component('CNI and mesh', 'unknown'), providedBy: 'cluster' }
const crashOfPod = component('Agent', 'degraded', 'Pod agent-0: CrashLoopBackOff: agent exited with code 1')
const crash = component('Agent', 'degraded', 'CrashLoopBackOff: agent ended with exit code 1')

describe('overviewVerdict', () => {
  it.each<[string, Partial<Situation>, string, string]>([
    ['a healthy plane', {}, 'good', 'All 2 components are healthy. No connection failed its last check.'],
    [
      'a healthy plane of which the vendor and the cluster run parts',
      { components: [...healthy.components, ofVendor, ofCluster] },
      'good',
      'All 2 components that this cluster shows are healthy. No connection failed its last check.',
    ],
    [
      'a plane whose own component is unknown',
      { components: [component('Agent', 'unknown'), ofVendor] },
      'idle',
      'The health of Agent is unknown. No connection failed its last check.',
    ],
    [
      'a plane that the vendor runs alone',
      { components: [ofVendor] },
      'idle',
      'This cluster does not show the health of the components. No connection failed its last check.',
    ],
    [
      'a plane that was never checked',
      { checked: 0 },
      'idle',
      'All 2 components are healthy. Connections were never checked.',
    ],
    [
      'a crash loop, of a pod as the core names it',
      { components: [crashOfPod] },
      'bad',
      'Agent is down: crash loop since 13:18.',
    ],
    [
      'a crash loop and a failed connection',
      { components: [crash], failed: ['Event hub'] },
      'bad',
      'Agent is down: crash loop since 13:18. Event hub failed its last check.',
    ],
    [
      'a crash loop, never checked',
      { components: [crash], checked: 0 },
      'bad',
      'Agent is down: crash loop since 13:18.',
    ],
    [
      'a reason in words, of an earlier day',
      { components: [component('Agent', 'degraded', '0 of 2 replicas are ready', earlier)] },
      'bad',
      'Agent is down since 2026-02-27 09:05: 0 of 2 replicas are ready.',
    ],
    ['a missing component', { components: [component('Flux', 'missing')] }, 'bad', 'Flux is missing from the cluster.'],
    [
      'three components that are down',
      { components: [crash, component('Gateway', 'degraded'), component('Flux', 'missing')] },
      'bad',
      'Agent, Gateway and 1 more are down.',
    ],
    [
      'a failed connection of healthy components',
      { failed: ['Event hub', 'Key vault'] },
      'bad',
      'Event hub and Key vault failed their last check.',
    ],
    [
      'a component that starts',
      { components: [component('Agent', 'progressing')] },
      'busy',
      'Agent is not ready yet. No connection failed its last check.',
    ],
    [
      'an unreachable cluster with a known state',
      {
        connection: 'stale',
        connectionReason: 'The certificate of the API server is not trusted.',
        components: [crash],
      },
      'bad',
      'The certificate of the API server is not trusted. The state below is from 13:18.',
    ],
    [
      'an unreachable cluster without a known state',
      { connection: 'stale', asOf: null },
      'bad',
      'The cluster bed-1 is unreachable.',
    ],
    [
      'a sign-in that is not allowed',
      { connection: 'refused' },
      'warn',
      'Hangar is not allowed to sign in to bed-1 yet.',
    ],
    ['a plane that connects', { connection: 'connecting' }, 'busy', 'Connecting to bed-1.'],
    [
      'an uninstalled plane, whatever its last health',
      { phase: 'uninstalled', components: [crash], connection: 'stale' },
      'idle',
      'This plane is uninstalled. Nothing of it runs on bed-1.',
    ],
    ['a planned plane', { phase: 'planned', components: [] }, 'idle', 'This plane is not installed on bed-1 yet.'],
    [
      'a planned plane whose cluster is unreachable',
      { phase: 'planned', connection: 'stale', connectionReason: 'The API server of bed-1 does not respond.' },
      'bad',
      'This plane is not installed on bed-1 yet. The API server of bed-1 does not respond.',
    ],
    [
      'a failed installation',
      { phase: 'planned', operation: { kind: 'install', state: 'failed', why: 'The agent is not ready.' } },
      'bad',
      'The installation failed. The agent is not ready. It can be resumed.',
    ],
  ])('says the state of %s', (_, part, tone, text) => {
    expect(overviewVerdict({ ...healthy, ...part }, now, timeFormat('local'))).toEqual({ tone, text })
  })
})

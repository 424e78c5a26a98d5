import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type { ComponentStatus, ObjectStatus, PlaneStatus, WorkloadsEvent } from '../../preload/contract/workloads.ts'
import type { Client } from '../router.ts'
import { applyEvent, exitCodeOf, statusCommand, timeoutOf } from './status.ts'

const component = (health: ComponentStatus['health'], providedBy: ComponentStatus['providedBy'] = 'profile') =>
  ({ id: 'agent', health, providedBy }) as ComponentStatus // what the rule reads
const plane = (state: PlaneStatus['connection']['state'], ...components: ComponentStatus[]): PlaneStatus => ({
  schemaVersion: 1,
  asOf: null,
  connection: { state, since: '2026-01-01T00:00:00.000Z' },
  components,
  objects: [],
})

const refused = (state: 'connecting' | 'stale'): PlaneStatus => ({
  ...plane(state, component('healthy')),
  connection: {
    state,
    since: '2026-01-01T00:00:00.000Z',
    problem: reportProblem(new Problem('CONSENT_NEEDED', 'Not allowed yet.')),
  },
})

describe('the exit code', () => {
  it.each([
    ['no plane', [], 0],
    ['a healthy plane', [plane('live', component('healthy'))], 0],
    ['a component in progress', [plane('live', component('progressing'))], 0],
    ['a degraded component', [plane('live', component('degraded'))], 1],
    ['a missing component', [plane('live', component('missing'))], 1],
    ['a missing component that the vendor runs', [plane('live', component('missing', 'vendor'))], 0],
    ['an unreachable cluster', [plane('stale', component('healthy'))], 1],
    ['a state that is still unknown', [plane('connecting', component('healthy'))], 2],
    ['a last known state that was degraded, and is now unknown', [plane('connecting', component('degraded'))], 2],
    ['one unknown and one degraded', [plane('connecting'), plane('live', component('degraded'))], 1],
    ['a last known state whose sign-in is not allowed', [refused('stale')], 2],
    ['an unknown state whose sign-in is not allowed', [refused('connecting')], 2],
    ['one unknown and one healthy', [plane('live', component('healthy')), plane('connecting')], 2],
  ] as const)('of %s is right', (_name, planes, expected) => {
    expect(exitCodeOf(planes)).toBe(expected)
  })
})

describe('--timeout', () => {
  it.each([
    [undefined, 30],
    ['1', 1],
    ['3600', 3_600],
  ])('%s is %i seconds', (given, expected) => {
    expect(timeoutOf({ timeout: given })).toBe(expected)
  })

  it.each(['', '0', '-1', '1.5', '30s', '3601'])('"%s" is refused', (given) => {
    expect(() => timeoutOf({ timeout: given })).toThrow('--timeout is a number of seconds from 1 to 3600')
  })
})

describe('the status after an event', () => {
  const object = (uid: string, name: string) => ({ uid, name }) as ObjectStatus // what the rule reads
  const before = { ...plane('connecting'), objects: [object('1', 'kept'), object('2', 'old'), object('3', 'removed')] }

  it('has the changed objects and not the removed ones, and is live when the connection is', () => {
    const { connection, components } = plane('live', component('healthy'))
    const asOf = '2026-01-01T00:00:01.000Z'

    const after = applyEvent(before, {
      kind: 'delta',
      asOf,
      connection,
      components,
      changed: [object('2', 'new'), object('4', 'added')],
      removed: ['3'],
    })

    expect(after).toMatchObject({ asOf, connection: { state: 'live' }, components })
    expect(after?.objects.map(({ name }) => name)).toEqual(['kept', 'new', 'added'])
  })

  it('is unknown before the first state', () => {
    const { connection, components } = plane('live')
    expect(applyEvent(undefined, { kind: 'delta', asOf: null, connection, components, changed: [], removed: [] })).toBe(
      undefined,
    )
  })
})

describe('the command', () => {
  const never = new AbortController().signal
  const state = (status: PlaneStatus): WorkloadsEvent => ({ kind: 'state', status })
  const delta = ({ asOf, connection, components }: PlaneStatus): WorkloadsEvent => ({
    kind: 'delta',
    asOf,
    connection,
    components,
    changed: [],
    removed: [],
  })

  /** Runs `status --output json` on one plane with these events; then its watch is silent until it is cancelled. */
  async function run(events: readonly (WorkloadsEvent | number)[], timeout?: string) {
    async function* watch(signal: AbortSignal): AsyncGenerator<WorkloadsEvent> {
      for (const event of events) {
        if (typeof event === 'number') await delay(event, undefined, { signal })
        else yield event
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
    const client = {
      planes: { list: async () => [{ id: 'p', name: 'devant', profile: 'devant', contextName: 'here' }] },
      workloads: { watch: async (_input: unknown, { signal }: { signal: AbortSignal }) => watch(signal) },
    } as unknown as Client // of which the command calls two procedures
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const terminal = { stdout, stderr, stdin: process.stdin, columns: undefined, client: async () => client }
    const app = () => Promise.reject(new Error('not needed'))
    const startedMs = performance.now()
    const code = await statusCommand.run({ ...terminal, app }, [], { output: 'json', timeout }, never)
    return { code, status: JSON.parse(String(stdout.read())).planes[0].status, tookMs: performance.now() - startedMs }
  }

  it('ends as soon as the state is live', async () => {
    const { code, status, tookMs } = await run([state(plane('connecting')), delta(plane('live', component('healthy')))])

    expect({ code, state: status.connection.state }).toEqual({ code: 0, state: 'live' })
    expect(tookMs).toBeLessThan(2_000)
  })

  it('exits with 2 and TIMED_OUT, and the last known components, if the time ends first', async () => {
    const { code, status } = await run([state(plane('connecting', component('healthy')))], '1')

    expect(code).toBe(2)
    expect(status).toMatchObject({
      connection: { state: 'connecting', problem: { code: 'TIMED_OUT' } },
      components: [{ id: 'agent' }],
    })
  })

  it('shows the other planes if the profile of one cannot be used, and exits with 2', async () => {
    const refusal = new ORPCError('PROFILE_CHANGED', {
      message: 'You have not approved the profile.',
      data: { hint: 'Approve it.', evidence: '' },
    })
    async function* live(): AsyncGenerator<WorkloadsEvent> {
      yield state(plane('live', component('healthy')))
    }
    const entry = { profile: 'devant', contextName: 'here' }
    const client = {
      planes: { list: async () => ['broken', 'sound'].map((name) => ({ id: name, name, ...entry })) },
      workloads: {
        watch: async ({ planeId }: { planeId: string }) => {
          if (planeId === 'broken') throw refusal
          return live()
        },
      },
    } as unknown as Client // of which the command calls two procedures
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const terminal = { stdout, stderr, stdin: process.stdin, columns: undefined, client: async () => client }
    const app = () => Promise.reject(new Error('not needed'))

    const code = await statusCommand.run({ ...terminal, app }, [], { output: 'json' }, never)

    expect(code).toBe(2)
    expect(JSON.parse(String(stdout.read())).planes).toMatchObject([
      {
        plane: { name: 'broken' },
        status: { connection: { problem: { code: 'PROFILE_CHANGED', hint: 'Approve it.' } } },
      },
      { plane: { name: 'sound' }, status: { connection: { state: 'live' } } },
    ])
  })

  it('counts the time from the first event, not from its own start', async () => {
    const { code } = await run([1_300, state(plane('connecting')), 200, delta(plane('live'))], '1')

    expect(code).toBe(0)
  })

  it('exits with 1 when the cluster cannot be reached, without waiting for the limit', async () => {
    const problem = { code: 'CLUSTER_UNREACHABLE', message: 'No connection.', hint: '', evidence: '' }
    const { connection } = plane('stale')
    const stale = { ...plane('stale'), connection: { ...connection, problem } }

    const { code, tookMs } = await run([state(plane('connecting')), delta(stale)])

    expect(code).toBe(1)
    expect(tookMs).toBeLessThan(2_000)
  })
})

import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../preload/contract/clusters.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem, type ProblemCode } from '../../preload/contract/problem.ts'
import type { App } from '../app.ts'
import type { Client } from '../router.ts'
import { otherContextFor, reachPlanes } from './reach.ts'

const contextOf = (id: string, name: string, current = false): Context => ({
  id,
  name,
  file: '/kubeconfig',
  cluster: 'c',
  server: 'https://cluster.example',
  user: 'u',
  authentication: 'token',
  current,
})
const plane: Plane = {
  id: '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11',
  name: 'north',
  profile: 'demo',
  contextId: 'old',
  contextName: 'prod',
  managementModel: 'self',
  settings: {},
  overridden: [],
  createdAt: '2026-01-01T00:00:00Z',
}
const own = contextOf('old', 'prod')
const moved = contextOf('new', 'prod')
const current = contextOf('other', 'admin', true)

it.each([
  ['its own context, which still exists', [own, current], undefined, undefined],
  ['its own context, which is named', [own, current], 'prod', undefined],
  ['the context that is named', [own, current], 'admin', 'other'],
  ['a context of the same name in another file', [moved, current], undefined, 'new'],
  ['the current context of a file that has neither', [current], undefined, 'other'],
  ['no context of an empty file', [], undefined, undefined],
])('a plane is reached by %s', (_what, contexts, context, expected) => {
  expect(otherContextFor(plane, contexts, { context })?.id).toBe(expected)
})

describe('reaching a plane by another context', () => {
  const bound = { ...plane, clusterUid: 'uid-1' }

  /** Runs it with a cluster that fails with this code; resolves with what was used and printed. */
  async function reach(
    options: Record<string, string>,
    { planes = [bound], fails }: { planes?: Plane[]; fails?: ProblemCode } = {},
  ) {
    const client = {
      planes: { list: async () => planes },
      clusters: { contexts: async () => ({ contexts: [own, moved, current] }) },
    } as unknown as Client // of which it calls two procedures
    const used: string[] = []
    const app = {
      planes: {
        reach: async ({ contextId }: { contextId: string }) => {
          if (fails !== undefined) throw new Problem(fails, 'It failed.')
          used.push(contextId)
        },
      },
    } as unknown as App // of which it calls one function
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const terminal = {
      stdout,
      stderr,
      stdin: process.stdin,
      columns: undefined,
      client: async () => client,
      app: async () => app,
    }
    await reachPlanes(terminal, options, new AbortController().signal)
    return { used, printed: String(stderr.read() ?? '') }
  }

  it('uses it for this command, and names how to keep it', async () => {
    const { used, printed } = await reach({ context: 'admin' })
    expect(used).toEqual(['other'])
    expect(printed).toContain('hangar set-context --plane north --context admin')
  })

  it.each([
    ['neither option is given', {}, undefined],
    ['the plane is bound to no cluster', { context: 'admin' }, [plane]],
    ['another plane is named', { context: 'admin', plane: 'south' }, undefined],
  ])('is not tried where %s', async (_why, options, planes) => {
    expect(await reach(options, planes === undefined ? {} : { planes })).toEqual({ used: [], printed: '' })
  })

  it('is refused for another cluster if the plane is named, and else leaves the plane alone', async () => {
    await expect(reach({ context: 'admin', plane: 'north' }, { fails: 'CLUSTER_OTHER' })).rejects.toMatchObject({
      code: 'CLUSTER_OTHER',
    })
    expect(await reach({ context: 'admin' }, { fails: 'CLUSTER_OTHER' })).toEqual({ used: [], printed: '' })
  })

  it('is reported if the cluster cannot be reached: the last known state can still be shown', async () => {
    const { printed } = await reach({ context: 'admin', plane: 'north' }, { fails: 'CLUSTER_UNREACHABLE' })
    expect(printed).toContain('The context "admin" cannot be used for the plane "north": It failed.')
  })
})

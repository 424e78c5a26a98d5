import { describe, expect, it } from 'vitest'
import type { Subject } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { createConnectivity } from './connectivity.ts'
import { refuseForWindow } from './subject.ts'

const list = (clientProfile: object = {}): EndpointList =>
  EndpointList.parse({ endpoints: [{ id: 'a', component: 'agent', protocol: 'https', clientProfile }] })
const pem = { trust: { file: '/etc/passwd' } }

describe('an input of the window', () => {
  it.each<[string, Parameters<typeof refuseForWindow>[0]]>([
    ['a PEM file in a list', { list: list(pem), title: 'x' }],
    ['a folder for relative paths', { list: list(), title: 'x', folder: '/etc' }],
    ['a cluster without a plane', { list: list(), title: 'x', contextId: 'c' }],
    ['a profile by its path', { profile: '/etc/profile.yaml', settings: {} }],
    ['a proxy', { planeId: 'p', proxy: 'http://evil.example' }],
    ['an image for probes', { planeId: 'p', probeImage: 'evil.example/image' }],
    ['a namespace for probes', { planeId: 'p', namespace: 'kube-system' }],
  ])('is refused with %s', (_what, input) => {
    expect(() => refuseForWindow(input)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it.each<[string, Subject]>([
    ['a plane', { planeId: 'p' }],
    ['a list without paths', { list: list(), title: 'x' }],
    ['a profile by its name', { profile: 'demo', settings: {} }],
  ])('is accepted with %s', (_what, input) => {
    expect(() => refuseForWindow(input)).not.toThrow()
  })

  it.each([
    ['a host that cannot ask', undefined, 'INPUT_INVALID'],
    ['a user who does not confirm', () => Promise.reject(new Problem('NOT_CONFIRMED', 'no')), 'NOT_CONFIRMED'],
  ])('checks nothing without a plane for %s', async (_who, confirmTable, code) => {
    const table = { endpoints: list().endpoints, settings: {}, componentTitles: {}, folder: '/nonexistent' }
    const connectivity = createConnectivity({
      home: '/nonexistent',
      rowsOf: () => Promise.reject(new Error('unexpected call')),
      credentialOf: () => Promise.resolve(undefined),
      tableOf: () => Promise.resolve({ table, description: { title: 'x', version: '1', places: [] } }),
      confirmTable,
    })
    const signal = AbortSignal.timeout(1_000)
    const refused = expect.objectContaining({ code })

    for (const subject of [
      { list: list(), title: 'x' },
      { profile: 'demo', settings: {} },
    ]) {
      await expect(connectivity.check(subject, signal).next()).rejects.toEqual(refused)
      await expect(connectivity.checkRepeatedly({ ...subject, everyMs: 1_000 }, signal).next()).rejects.toEqual(refused)
      expect(await connectivity.rows(subject)).toHaveLength(1)
    }
  })

  it('checks a list from this computer once the user has confirmed it, and saves nothing', async () => {
    const { endpoints } = EndpointList.parse({ endpoints: [{ id: 'a', component: 'agent', protocol: 'https' }] })
    const table = { endpoints, settings: {}, componentTitles: {}, folder: '/nonexistent' }
    const confirmed: unknown[] = []
    const connectivity = createConnectivity({
      home: '/nonexistent',
      rowsOf: () => Promise.reject(new Error('unexpected call')),
      credentialOf: () => Promise.reject(new Error('unexpected call')),
      tableOf: () => Promise.resolve({ table, description: { title: 'x', version: '1', places: [] } }),
      confirmTable: async (of, title) => void confirmed.push([of.endpoints, title]),
    })
    const events = await Array.fromAsync(connectivity.check({ list: list(), title: 'x' }, AbortSignal.timeout(5_000)))
    expect(events.at(-1)).toMatchObject({
      kind: 'finished',
      report: { results: [{ endpoint: 'a', verdict: 'unknown' }] },
    })
    expect(confirmed).toEqual([[endpoints, 'x']])
  })

  it('never reaches a file: the refusal comes before the table is made', async () => {
    const tables: Subject[] = []
    const connectivity = createConnectivity({
      home: '/nonexistent',
      rowsOf: () => Promise.reject(new Error('unexpected call')),
      credentialOf: () => Promise.resolve(undefined),
      tableOf: (subject) => {
        tables.push(subject)
        return Promise.reject(new Error('unexpected call'))
      },
    })
    const input = { list: list(pem), title: 'x' }
    const refused = expect.objectContaining({ code: 'INPUT_INVALID' })
    const signal = AbortSignal.timeout(1_000)
    await expect(connectivity.check(input, signal).next()).rejects.toEqual(refused)
    await expect(connectivity.checkRepeatedly({ ...input, everyMs: 1_000 }, signal).next()).rejects.toEqual(refused)
    await expect(connectivity.rows(input)).rejects.toEqual(refused)
    await expect(connectivity.proxy(input)).rejects.toEqual(refused)
    await expect(connectivity.allowList({ ...input, format: 'csv' })).rejects.toEqual(refused)
    expect(tables).toEqual([])
  })
})

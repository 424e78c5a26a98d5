import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordedPlaneId } from '../../preload/recorded-plane.ts'
import { type App, createApp } from '../app.ts'
import { searchRecorded } from './recorded-logs.ts'
import { type Recording, readRecording } from './recording.ts'

const planeId = recordedPlaneId
let folder: string
let app: App
let recording: Recording

beforeAll(async () => {
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'disabled:')
  folder = await mkdtemp(join(tmpdir(), 'hangar-recorded-'))
  app = await createApp({ home: folder, host: 'browser', kubeconfig: join(folder, 'none') })
  recording = await readRecording(join(import.meta.dirname, '../../assets/recorded/demo.json.gz'))
})

afterAll(async () => {
  await app.close()
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

describe('the recorded plane', () => {
  it('fits the profile that comes with Hangar: its endpoints, components and sources of logs', async () => {
    const { components, endpoints, logSources } = await app.client.profiles.get({ name: recording.plane.profile })
    expect(recording.plane).toMatchObject({ id: planeId, recordedAt: expect.any(String) })
    expect(recording.connectivity.rows.map(({ id }) => id)).toEqual(endpoints.map(({ id }) => id))
    expect(recording.status.components.map(({ id }) => id)).toEqual(components.map(({ id }) => id))
    expect(recording.logs.sources.map(({ id }) => id).toSorted()).toEqual(logSources.map(({ id }) => id).toSorted())
  })

  it('has a fault to find, with the lines that lead to it', () => {
    const failed = recording.connectivity.last.results.filter(({ verdict }) => verdict === 'fail')
    expect(failed.map(({ cause }) => cause)).not.toEqual([])
    expect(recording.status.components.filter(({ health }) => health === 'degraded')).not.toEqual([])
    const query = {
      planeId,
      text: '',
      levels: ['ERROR' as const],
      sources: [],
      pods: [],
      containers: [],
      order: 'newest' as const,
      limit: 5,
    }
    expect(searchRecorded(recording.logs.records, query)).toMatchObject({ more: true, found: { length: 5 } })
  })

  it('has no private key, token or name of a machine', () => {
    expect(JSON.stringify(recording)).not.toMatch(/PRIVATE KEY|eyJ[\w-]{20}|bed-[0-9a-f]{6}|\/(root|tmp|work)\//)
  })

  it('answers through the contract without vault and cluster, and is in no list', async () => {
    const { planes, workloads, connectivity, logs, vault } = app.client
    expect(await planes.list()).toEqual([])
    expect((await planes.get({ planeId })).recordedAt).toBe(recording.plane.recordedAt)
    for await (const event of await workloads.watch({ planeId })) {
      expect(event).toMatchObject({ kind: 'state', status: { asOf: recording.status.asOf } })
      break
    }
    const pod = recording.status.objects.find(({ kind }) => kind === 'Pod')
    const events = await workloads.events({ planeId, object: pod?.uid })
    expect(new Set(events.map(({ object }) => object.name))).toEqual(new Set(events.length > 0 ? [pod?.name] : []))
    const [run, before] = await connectivity.runs({ planeId })
    expect((await connectivity.last({ planeId }))?.runId).toBe(recording.connectivity.last.runId)
    const runs = { planeId, before: before?.runId ?? '', after: run?.runId ?? '' }
    expect((await connectivity.compare(runs)).changes.some(({ kind }) => kind === 'broke')).toBe(true)
    const history = await connectivity.verdictHistory({ planeId })
    expect(history.runs.map(({ runId }) => runId)).toEqual(
      (await connectivity.runs({ planeId })).map(({ runId }) => runId).toReversed(),
    )
    expect(history.rows.some(({ verdicts }) => verdicts.at(-1) === 'fail')).toBe(true)
    const file = await connectivity.export({ planeId, runId: run?.runId ?? '', format: 'markdown' })
    expect(file.text).toContain('Event hub')
    const found = []
    for await (const event of await logs.search({ planeId, text: 'level:error' })) found.push(event.kind)
    expect(found).toEqual(['records', 'done'])
    const error = recording.logs.records.find(({ level }) => level === 'ERROR')
    const placed = await logs.place({ planeId, order: 'oldest', limit: 1, target: { record: error?.id ?? '' } })
    const all = recording.logs.records
    expect(placed).toMatchObject({
      place: all.length - 1 - all.findIndex(({ id }) => id === error?.id),
      count: all.length,
    })
    const around = await logs.around({ planeId, record: error?.id ?? '', before: 3, after: 3 })
    expect(around.records.map(({ container }) => container)).toEqual(Array(7).fill(error?.container))
    let exported = ''
    for await (const event of await logs.export({ planeId, text: 'level:error', format: 'ndjson' }))
      if (event.kind === 'text') exported += event.text
    const errors = recording.logs.records.filter(({ level }) => level === 'ERROR')
    expect(exported.trim().split('\n')).toHaveLength(errors.length)
    const patterns = await Array.fromAsync(await logs.patterns({ planeId, text: 'level:error' }))
    expect(patterns.at(-1)).toMatchObject({ kind: 'done', lines: errors.length })
    const { oldest, newest, records } = await logs.status({ planeId })
    // A bar ends before its last moment.
    const after = new Date(Date.parse(newest ?? '') + 1).toISOString()
    const bars = await logs.histogram({ planeId, from: oldest ?? '', to: after, steps: 20 })
    const counted = bars.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(records)
    expect((await vault.status()).state).not.toBe('open')
  })

  it('is unknown to everything that changes something', async () => {
    const { planes, connectivity, install, logs } = app.client
    const unknown = expect.objectContaining({ code: 'PLANE_UNKNOWN' })
    await expect(planes.update({ planeId, settings: {} })).rejects.toEqual(unknown)
    await expect(planes.remove({ planeId })).rejects.toEqual(unknown)
    await expect(install.plan({ planeId, action: 'install' })).rejects.toEqual(unknown)
    await expect(logs.collect({ planeId })).rejects.toEqual(unknown)
    await expect((async () => Array.fromAsync(await connectivity.check({ planeId })))()).rejects.toEqual(unknown)
  })
})

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isContractProcedure } from '@orpc/contract'
import { ORPCError } from '@orpc/server'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { type App, createApp } from '../../main/app.ts'
import { contract } from '../../preload/contract/index.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'
import { procedureNames } from '../canary/fields.ts'
import { findSecrets } from '../canary/search.ts'
import { type Planted, plantSecrets } from '../canary/secrets.ts'
import { createAuthority } from '../peers/authority.ts'
import { anyJson, arbitraryOf, type Known } from './arbitrary.ts'

const reason = skipReason('simulated')
const isLong = process.env.HANGAR_LONG === '1'
/** The long run fuzzes for ten minutes. */
const fuzzMs = isLong ? 600_000 : 20_000
/** Vary it to look for more: a failure names the call and its input. */
const seed = isLong ? Date.now() % 1_000_000 : 1
const callsAtOnce = 4
const callLimitMs = 3_000
/** Inputs that are tried until one is valid. */
const attempts = 40
const longestWaitMs = 1_000
const growthLimitBytes = 40 * 1024 * 1024

describe.skipIf(reason !== '')(`every procedure, with any input, on a plane with a cluster ${reason}`, () => {
  let folder: string
  let bed: Bed
  let app: App
  let planted: Planted
  const ids: Record<string, unknown[]> = {}

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-fuzz-'))
    process.env.DBUS_SESSION_BUS_ADDRESS = 'disabled:'
    await buildHelm()
    bed = await startBed({ pods: 'simulated', dns: false, storage: false }, AbortSignal.timeout(120_000))
    const authority = createAuthority('Canary authority')
    // Nothing listens on port 1: checks reach the loopback interface only.
    planted = await plantSecrets(join(folder, 'given'), bed.kubeconfig, 1, authority)
    const home = join(folder, 'state')
    await mkdir(join(home, 'profiles'), { recursive: true })
    await cp(join(folder, 'given'), join(home, 'profiles', 'canary'), { recursive: true })
    app = await createApp({ home, host: 'browser', kubeconfig: planted.kubeconfig })
    const { client } = app
    await client.vault.unlock({ passphrase: planted.secrets.passphrase ?? '' })
    const { contexts } = await client.clusters.contexts()
    const contextId = contexts.find(({ name }) => name === bed.name)?.id ?? ''
    const { id: planeId } = await client.planes.create({
      name: 'canary',
      profile: 'canary',
      contextId,
      managementModel: 'self',
      settings: { ca: authority.certificate },
      overrides: { words: { password: planted.password } },
    })
    const change = await client.planes.profileChange({ planeId })
    await client.planes.approveProfile({ planeId, digest: change?.digest ?? '' })
    const { agent } = parse(await readFile(planted.credentialsFile, 'utf8'))
    for (const key of ['tls.crt', 'tls.key', 'token'])
      await client.vault.put({ planeId, credential: 'agent', key, value: agent[key] })
    const record = await storedRecord(app, planeId, join(folder, 'orders.log'))
    await client.logs.collect({ planeId })
    const { digest } = await client.install.plan({ planeId, action: 'install' })
    const { id: operationId } = await client.install.start({ planeId, action: 'install', digest })
    Object.assign(ids, {
      planeId: [planeId],
      contextId: contexts.map(({ id }) => id),
      operationId: [operationId],
      digest: [digest],
      record: [record],
      profile: ['canary', 'demo'],
      name: ['canary', 'demo', 'copied'],
      newName: ['copied', 'again'],
      credential: ['agent'],
      key: ['token', 'tls.key', 'tls.crt'],
      passphrase: [planted.secrets.passphrase],
      text: [await readFile(planted.profileFile, 'utf8')],
    })
  }, 240_000)

  afterAll(async () => {
    await app?.close()
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  it(
    'answers with a value or a typed problem, without a secret, and keeps every other call waiting for less than a second',
    async () => {
      const inputs = inputsOf(ids)
      // With the vault locked, most procedures end early: the last tenth of the time is enough for that.
      const unlocked = inputs.filter(({ name }) => name !== 'vault.lock' && name !== 'vault.unlock')
      const random = fc.sample(fc.noBias(fc.nat()), { numRuns: 1, seed })[0] ?? 0
      const until = performance.now() + fuzzMs
      const unexpected: string[] = []
      const leaks: string[] = []
      let calls = 0
      let longestMs = 0
      let early: number | undefined

      async function fuzz(lane: number): Promise<void> {
        // A busy machine gets longer, until there was a call for each procedure.
        for (let round = 0; performance.now() < until || calls <= inputs.length; round += 1) {
          const isLast = performance.now() > until - fuzzMs / 10
          const choice = isLast ? inputs : unlocked
          const pick = (random + lane * 7_919 + round * 104_729) % choice.length
          const { name, input, isValid } = choice[pick] ?? { name: '', input: anyJson, isValid: () => false }
          const values = fc.sample(input, { numRuns: attempts, seed: random + lane * 1_000_003 + round })
          // Three of four get past validation, if chance permits.
          const value = round % 4 === 0 ? values[0] : (values.find(isValid) ?? values[0])
          const { answer, error } = await call(app, name, value)
          calls += 1
          if (error !== undefined && !isExpected(error)) unexpected.push(`${name} ${JSON.stringify(value)}: ${error}`)
          // The text of an own profile has its own content.
          const found = findSecrets(Buffer.from(answer), name, Object.values(planted.secrets))
          if (found.length > 0) leaks.push(`${name} ${JSON.stringify(value)}: ${JSON.stringify(found)}`)
        }
      }

      async function measureOthers(): Promise<void> {
        while (performance.now() < until) {
          const startedMs = performance.now()
          await app.client.settings.about()
          longestMs = Math.max(longestMs, performance.now() - startedMs)
          // The first quarter loads what is loaded once.
          if (early === undefined && startedMs > until - fuzzMs * 0.75) early = usedBytes()
          await delay(50)
        }
      }

      await Promise.all([measureOthers(), ...Array.from({ length: callsAtOnce }, (_, lane) => fuzz(lane))])

      expect(unexpected.slice(0, 10), `seed ${seed}`).toEqual([])
      expect(leaks.slice(0, 10)).toEqual([])
      expect(longestMs).toBeLessThan(longestWaitMs)
      expect(calls).toBeGreaterThan(inputs.length)
      expect(usedBytes() - (early ?? 0)).toBeLessThan(growthLimitBytes)
      // An unexpected error leaves its details there.
      await expect(readFile(join(folder, 'state', 'last-fault.txt'), 'utf8')).rejects.toMatchObject({ code: 'ENOENT' })
      // It still works.
      expect((await app.client.clusters.contexts()).contexts.length).toBeGreaterThan(0)
    },
    fuzzMs + 120_000,
  )
})

/** The id of a record that is stored, with others before and after it. */
async function storedRecord({ logs, client }: App, planeId: string, path: string): Promise<string> {
  const line = (index: number): string => `time=2026-03-14T09:26:53Z level=WARN message="order ${index}"\n`
  await writeFile(path, Array.from({ length: 5_000 }, (_, index) => line(index)).join(''))
  const input = { planeId, path, source: 'words', format: 'auto', kubelet: false } as const
  await Array.fromAsync(logs.import(input, AbortSignal.timeout(60_000)))
  for await (const event of await client.logs.search({ planeId, text: '"order 2500"' }))
    if (event.kind === 'records') return event.records[0]?.id ?? ''
  throw new Error('The imported line is not found.')
}

/** Without it there would be no plane to test. */
const excluded: ReadonlySet<string> = new Set(['planes.remove'])
/** What a procedure may remove or replace: not the profile of the plane. */
const ownNames: Readonly<Record<string, readonly string[]>> = {
  'profiles.remove': ['copied', 'again'],
  'profiles.save': ['copied', 'again'],
}

/** An arbitrary input for each procedure: mostly of its shape, sometimes any JSON. */
function inputsOf(ids: Readonly<Record<string, readonly unknown[]>>) {
  const names = procedureNames(contract).filter((name) => !excluded.has(name))
  return names.map((name) => {
    const known: Known = { ...ids, ...(ownNames[name] && { name: ownNames[name] }) }
    const procedure: unknown = name.split('.').reduce<unknown>((at, step) => Reflect.get(Object(at), step), contract)
    const schema = isContractProcedure(procedure) ? procedure['~orpc'].inputSchema : undefined
    const shaped = schema instanceof z.ZodType ? arbitraryOf(schema, known) : fc.constant(undefined)
    return {
      name,
      input: fc.oneof({ weight: 5, arbitrary: shaped }, { weight: 1, arbitrary: anyJson }),
      isValid: (value: unknown): boolean => !(schema instanceof z.ZodType) || schema.safeParse(value).success,
    }
  })
}

/** The answer as text; of a stream the first events. */
async function call({ client }: App, name: string, input: unknown): Promise<{ answer: string; error?: unknown }> {
  const signal = AbortSignal.timeout(callLimitMs)
  const procedure: unknown = name.split('.').reduce<unknown>((at, step) => Reflect.get(Object(at), step), client)
  if (typeof procedure !== 'function') throw new Error(`Unknown procedure ${name}.`)
  const events: unknown[] = []
  try {
    const answer: unknown = await procedure(input, { signal })
    if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer))
      return { answer: JSON.stringify(answer) ?? '' }
    for await (const event of answer as AsyncIterable<unknown>) {
      events.push(event)
      if (events.length >= 20) break
    }
    return { answer: JSON.stringify(events) }
  } catch (error) {
    if (signal.aborted) return { answer: JSON.stringify(events) }
    const { message, ...rest } = Object(error)
    return { answer: JSON.stringify([events, String(message), rest]), error }
  }
}

const isExpected = (error: unknown): boolean => error instanceof ORPCError && error.code !== 'INTERNAL'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** What is in use after a collection: resident memory alone depends on when the collector runs. */
function usedBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

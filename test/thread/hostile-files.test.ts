import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClusters } from '../../main/clusters/clusters.ts'
import { readManifest } from '../../main/install/observe/read-manifest.ts'
import { chartFiles } from '../../main/lib/chart-folder.ts'
import { parseEvent } from '../../main/logs/parse/parse.ts'
import { createProfiles, type Profiles } from '../../main/profiles/profiles.ts'
import type { ContextList } from '../../preload/contract/clusters.ts'
import { hostileCharts } from '../corpus/hostile/charts.ts'
import { hostileKubeconfigs } from '../corpus/hostile/kubeconfigs.ts'
import { hostileLines } from '../corpus/hostile/logs.ts'
import { hostileProfiles, profileText } from '../corpus/hostile/profiles.ts'
import { someOf } from '../daily-sample.ts'

const memoryLimitMb = 400

/** Milliseconds of processor time of this thread, which all other calls wait for. The clock depends on what else runs. */
async function busyMs(action: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage()
  await action()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'hangar-hostile-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

async function profilesWith(
  files: readonly { readonly name: string; readonly text: () => string }[],
): Promise<Profiles> {
  const root = await folder()
  for (const { name, text } of files) {
    await mkdir(join(root, 'own', name), { recursive: true })
    await writeFile(join(root, 'own', name, 'profile.yaml'), text())
  }
  return createProfiles({ builtInFolder: join(root, 'none'), ownFolder: join(root, 'own') })
}

const honest = {
  name: 'honest',
  text: () => profileText('honest', '{type: object, properties: {a: {type: string, pattern: "^a+$"}}}'),
}

describe('a profile of someone else', () => {
  it.each(someOf(hostileProfiles, 8))('$name costs only itself', async (file) => {
    const profiles = await profilesWith([honest, file])
    const beforeMb = process.memoryUsage().rss / 1e6
    let entries: Awaited<ReturnType<Profiles['list']>> = []

    const busy = await busyMs(async () => {
      entries = await profiles.list()
    })

    const [bad, good] = entries.toSorted(
      (left, right) => Number(left.name === 'honest') - Number(right.name === 'honest'),
    )
    expect(good).toMatchObject({ name: 'honest', title: 'honest' })
    expect(good?.problem).toBeUndefined()
    expect(bad?.problem?.code).toBe(file.harmless === true ? undefined : 'PROFILE_INVALID')
    expect(busy).toBeLessThan(500)
    expect(process.memoryUsage().rss / 1e6 - beforeMb).toBeLessThan(memoryLimitMb)
  })

  it('does not keep the main thread busy', async () => {
    const file = hostileProfiles.find(({ name }) => name === 'merge-keys') ?? honest
    const profiles = await profilesWith([file])
    expect(await busyMs(() => profiles.list())).toBeLessThan(500)
  })

  it('is not read again while it is unchanged', async () => {
    const file = hostileProfiles.find(({ name }) => name === 'merge-keys') ?? honest
    const profiles = await profilesWith([file])
    const [first] = await profiles.list()
    const startedMs = performance.now()
    const [second] = await profiles.list()
    expect(second).toEqual(first)
    expect(performance.now() - startedMs).toBeLessThan(900)
  })

  it('is read with at most two others of its kind for a list, after all small ones; the next lists continue', async () => {
    const text = (hostileProfiles.find(({ name }) => name === 'merge-keys') ?? honest).text()
    const hostile = Array.from({ length: 6 }, (_, index) => ({ name: `a${index}`, text: () => `${text}\n# ${index}` }))
    const profiles = await profilesWith([...hostile, honest])
    const codes = async () => (await profiles.list()).map(({ problem }) => problem?.code)
    const [refused, unread] = ['PROFILE_INVALID', 'TIMED_OUT']
    expect(await codes()).toEqual([refused, refused, refused, unread, unread, unread, undefined])
    expect(await codes()).toEqual([refused, refused, refused, refused, refused, refused, undefined])
  })

  it('names the field of a pattern that is not supported', async () => {
    const profiles = await profilesWith([])
    const [fault] = await profiles.check({
      text: profileText('x', '{type: object, properties: {a: {type: string, pattern: "^(?=b)"}}}'),
    })
    expect(fault).toMatchObject({ line: 5, field: 'settings.properties.a.pattern' })
  })

  it('evaluates a pattern in time that grows with the text', async () => {
    const settings = '{type: object, properties: {a: {type: string, pattern: "^(a+)+$"}}}'
    const profiles = await profilesWith([{ name: 'slow', text: () => profileText('slow', settings) }])
    await expect(profiles.checkSettings('slow', { a: `${'a'.repeat(50_000)}!` })).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: 'The setting "a" (a) must match ^(a+)+$.',
    })
    await profiles.checkSettings('slow', { a: 'a'.repeat(50_000) })
  })
})

describe('a chart of someone else', () => {
  it.each(someOf(hostileCharts, 3))('$name takes less than two seconds', async ({ text }) => {
    const chart = await folder()
    await writeFile(join(chart, 'Chart.yaml'), text())
    expect(await busyMs(() => chartFiles(chart, chart, '.').catch(() => undefined))).toBeLessThan(2_000)
  })
})

describe('a manifest that a chart of someone else has rendered', () => {
  const doubled = Array.from({ length: 30 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]\n`)
  it.each<[string, () => string, string]>([
    ['that is too large', () => `kind: A\na: ${'x'.repeat(20_000_000)}`, 'at most 20,000,000 characters'],
    ['with too many values', () => `kind: A\na: [${'1,'.repeat(500_000)}]`, 'at most 500,000 values'],
    ['that is too deep', () => `kind: A\na: ${'['.repeat(50_000)}`, 'at most 100 levels'],
    ['with too many aliases', () => `kind: A\nb: &b {}\na: [${'*b,'.repeat(2_000)}]`, 'at most 1,000 anchors'],
    ['whose aliases double', () => `kind: A\na0: &a0 {}\n${doubled.join('')}`, 'The aliases of a manifest'],
  ])('%s is refused, and does not keep the main thread busy', async (_what, text, message) => {
    const manifest = text()
    const busy = await busyMs(async () => {
      await expect(readManifest(manifest, 'it')).rejects.toMatchObject({
        code: 'HELM_FAILED',
        message: expect.stringContaining(message),
      })
    })
    expect(busy).toBeLessThan(500)
  })

  it('is read in a thread if it is large', async () => {
    const data = Array.from({ length: 20 }, (_, index) => `key${index}: x`).join(', ')
    const object = (index: number) => `kind: ConfigMap\nmetadata: {name: a${index}}\ndata: {${data}}\n`
    const manifest = Array.from({ length: 4_000 }, (_, index) => object(index)).join('---\n')
    let read: unknown[] = []
    const busy = await busyMs(async () => {
      read = await readManifest(manifest, 'it')
    })
    expect(read).toHaveLength(4_000)
    expect(read.at(-1)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a3999' }, data: { key19: 'x' } })
    expect(busy).toBeLessThan(500)
  })
})

describe('a kubeconfig of someone else', () => {
  it.each(someOf(hostileKubeconfigs, 8))('$name takes less than a second, and only itself', async ({ text }) => {
    const root = await folder()
    const [hostile, honest] = [join(root, 'hostile'), join(root, 'honest')]
    await writeFile(hostile, text())
    await writeFile(
      honest,
      'clusters: [{name: honest, cluster: {server: "https://c.test"}}]\ncontexts: [{name: honest, context: {cluster: honest}}]\n',
    )
    const clusters = createClusters({ home: root, environment: { KUBECONFIG: `${hostile}:${honest}` }, shell: '' })
    onTestFinished(() => clusters.close())
    const beforeMb = process.memoryUsage().rss / 1e6
    let list: ContextList | undefined

    const busy = await busyMs(async () => {
      list = await clusters.contexts()
    })

    const found = list?.contexts.find(({ name }) => name === 'honest')
    expect(found).toBeDefined()
    expect(found?.problem).toBeUndefined()
    expect(busy).toBeLessThan(1_000)
    expect(process.memoryUsage().rss / 1e6 - beforeMb).toBeLessThan(memoryLimitMb)
  })
})

describe('a line of someone else', () => {
  it.each(someOf(hostileLines, 5))('$name takes less than a second in every format', async ({ text }) => {
    const line = text()
    for (const format of ['auto', 'ballerina', 'micro-integrator', 'json', 'plain'] as const) {
      const busy = await busyMs(async () => {
        expect(parseEvent(format, line).fields.length).toBeLessThanOrEqual(200_000)
      })
      expect(busy).toBeLessThan(1_000)
    }
  })
})

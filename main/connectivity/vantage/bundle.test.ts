import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { probeBundle } from './bundle.ts'
import { readLine } from './lines.ts'

const run = promisify(execFile)

// Builds it where that has not been done for these sources yet: on a laden machine that takes its time.
it('is one file that runs with Node and nothing beside it', { timeout: 60_000 }, async () => {
  const text = await probeBundle(AbortSignal.timeout(60_000))
  expect(Buffer.byteLength(text)).toBeLessThan(300_000)
  const imports = [...text.matchAll(/require\(\s*["'`]([^"'`]+)["'`]\s*\)/g)].map(([, name = '']) => name)
  expect(imports.length).toBeGreaterThan(4)
  expect(imports.filter((name) => !isBuiltin(name))).toEqual([])
  expect(text).not.toMatch(/\bimport\s*\(|^import /m)

  const folder = await mkdtemp(join(tmpdir(), 'hangar-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'probe.cjs'), text)
  const target = {
    id: 'a',
    host: '127.0.0.1',
    port: 1,
    protocol: 'https',
    tls: true,
    serverName: 'a',
    scope: 'external',
    inspection: 'never',
    proxy: 'none',
    trust: { kind: 'system' },
    clientCertificateMissing: false,
    addressRanges: [],
    companionHosts: [],
  }
  const work = {
    schemaVersion: 1,
    vantage: { kind: 'pod', name: 'x' },
    rows: [{ id: 'a', target, companions: [] }],
    context: { proxies: { httpsProxy: '', httpProxy: '', noProxy: '' } },
  }
  await writeFile(join(folder, 'work.json'), JSON.stringify(work))
  const { stdout } = await run(process.execPath, [join(folder, 'probe.cjs'), join(folder, 'work.json')], {
    cwd: folder,
  })
  const events = stdout.trim().split('\n').map(readLine)
  expect(events[0]).toEqual({ schemaVersion: 1, kind: 'begin', node: process.versions.node })
  expect(events.at(-1)).toEqual({ schemaVersion: 1, kind: 'end' })
  expect(events.find((event) => event?.kind === 'result')).toMatchObject({ result: { cause: 'tcp.refused' } })
})

it('reads nothing but the probe’s own lines', () => {
  for (const line of [
    '',
    '(node:1) Warning: x',
    '{"kind":"end"}',
    '{"schemaVersion":2,"kind":"end"}',
    '{"schemaVersion":1,"kind":"res',
  ])
    expect(readLine(line)).toBeUndefined()
})

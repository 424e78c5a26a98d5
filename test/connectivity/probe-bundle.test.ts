import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { sampleTarget } from '../../main/connectivity/probe/sample.ts'
import { probeBundle } from '../../main/connectivity/vantage/pod/bundle.ts'
import { parseEvent } from '../../main/connectivity/vantage/pod/output-lines.ts'
import { answering, json } from './servers/http.ts'
import { authority, name, tlsOptions } from './servers/serve.ts'

const run = promisify(execFile)

// May have to build the bundle, which is slow on a busy machine.
it('is one file that needs only Node', { timeout: 60_000 }, async () => {
  const text = await probeBundle(AbortSignal.timeout(60_000))
  // Bundle and endpoints must fit into a manifest that an administrator applies: 100,000 characters are left for endpoints.
  expect(Buffer.byteLength(text)).toBeLessThan(200_000)
  const imports = [...text.matchAll(/require\(\s*["'`]([^"'`]+)["'`]\s*\)/g)].map(([, name = '']) => name)
  expect(imports.length).toBeGreaterThan(4)
  expect(imports.filter((name) => !isBuiltin(name))).toEqual([])
  expect(text).not.toMatch(/\bimport\s*\(|^import /m)

  const server = createServer(tlsOptions(), (socket) => {
    socket.on('error', () => undefined)
    answering(() => json({ issuer: 'x' }))(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo // of a server that listens on a port

  const folder = await mkdtemp(join(tmpdir(), 'hangar-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'probe.cjs'), text)
  const target = {
    ...sampleTarget,
    host: '127.0.0.1',
    port: 1,
    serverName: 'a',
    inspection: 'never',
    proxy: 'none',
  }
  const work = {
    schemaVersion: 1,
    vantage: { kind: 'pod', name: 'x' },
    plans: [
      { kind: 'probe', id: 'a', target, companions: [] },
      {
        kind: 'probe',
        id: 'b',
        target: { ...target, port, serverName: name, trust: { kind: 'pem', pem: authority.certificate } },
        companions: [],
      },
    ],
    context: { proxies: { httpsProxy: '', httpProxy: '', noProxy: '' } },
  }
  await writeFile(join(folder, 'work.json'), JSON.stringify(work))
  await writeFile(join(folder, 'as-node-20.cjs'), asNode20)
  const files = [join(folder, 'probe.cjs'), join(folder, 'work.json')]
  for (const before of [[], ['--require', join(folder, 'as-node-20.cjs')]]) {
    const { stdout } = await run(process.execPath, [...before, ...files], { cwd: folder })
    const events = stdout.trim().split('\n').map(parseEvent)
    expect(events[0]).toEqual({ schemaVersion: 1, kind: 'begin', node: process.versions.node })
    expect(events.at(-1)).toEqual({ schemaVersion: 1, kind: 'end' })
    const results = events.flatMap((event) => (event?.kind === 'result' ? [event.result] : []))
    expect(results.map(({ endpoint, verdict, cause }) => `${endpoint} ${verdict} ${cause}`.trim()).toSorted()).toEqual([
      'a fail tcp.refused',
      'b pass',
    ])
  }
})

/** Removes functions that Node 20 lacks and that the probe could use by mistake. */
const asNode20 = `
const { X509Certificate } = require('node:crypto')
delete X509Certificate.prototype.validFromDate
delete X509Certificate.prototype.validToDate
delete require('node:tls').getCACertificates
for (const name of ['withResolvers', 'try']) delete Promise[name]
for (const of of [Map, Object]) delete of.groupBy
delete Array.fromAsync
delete RegExp.escape
for (const name of ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'])
  delete Set.prototype[name]
for (const name of ['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some', 'every', 'find'])
  delete Iterator.prototype[name]
`

it('ignores every line that the probe did not print', () => {
  for (const line of [
    '',
    '(node:1) Warning: x',
    '{"kind":"end"}',
    '{"schemaVersion":2,"kind":"end"}',
    '{"schemaVersion":1,"kind":"res',
  ])
    expect(parseEvent(line)).toBeUndefined()
})

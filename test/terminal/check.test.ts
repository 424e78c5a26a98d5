import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answering, servePage } from '../connectivity/servers/http.ts'
import { authority, serveTls } from '../connectivity/servers/serve.ts'
import { serveUnresponsive } from '../connectivity/servers/unresponsive.ts'
import { startHangar } from '../demo/hangar.ts'
import { createSandbox } from './sandbox.ts'
import { faultsAgainst } from './schema.ts'

/** A registry's response without authentication, which identifies it. */
const good = () => servePage({ status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="server"' } })

/** A bare list: rows by id, all on this machine. */
const listOf = (rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => ({
  settings: { ca: authority.certificate, empty: '' },
  endpoints: Object.entries(rows).map(([id, row]) => ({
    id,
    component: 'agent',
    host: 'localhost',
    protocol: 'https',
    clientProfile: { trust: { setting: 'ca' } },
    ...row,
  })),
})

describe('hangar check --endpoints', () => {
  it('prints only the report as JSON on stdout, and it matches its schema', async () => {
    const [sandbox, { port }] = [await createSandbox(), await good()]
    const list = await sandbox.file('rows.yaml', listOf({ 'control-plane': { port } }))

    const { code, stdout, stderr } = await sandbox.run('check', '--endpoints', list, '--output', 'json')

    const report = JSON.parse(stdout)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(Object.keys(report)).toEqual([
      'schemaVersion',
      'runId',
      'startedAt',
      'endedAt',
      'vantages',
      'results',
      'findings',
    ])
    expect(report).toMatchObject({ schemaVersion: 2, startedAt: expect.stringMatching(/^\d{4}-.*Z$/), findings: [] })
    const [result] = report.results
    expect(Object.keys(result).toSorted()).toEqual([
      'cause',
      'endpoint',
      'facts',
      'hint',
      'stages',
      'vantage',
      'verdict',
    ])
    expect(result).toMatchObject({
      endpoint: 'control-plane',
      vantage: { kind: 'computer' },
      verdict: 'pass',
    })
    expect(Object.keys(result.vantage)).toEqual(['kind', 'name'])
    for (const stage of result.stages)
      expect(Object.keys(stage).toSorted()).toEqual(['at', 'evidence', 'ms', 'stage', 'verdict'])
    expect(result.stages.map(({ stage }: { stage: string }) => stage)).toEqual(
      expect.arrayContaining(['config', 'tcp', 'tls', 'identity']),
    )
    expect(await faultsAgainst(sandbox, 'check', report)).toEqual([])
  })

  it('reports a failed row with its cause, exits with 1, and matches its schema then too', async () => {
    const [sandbox, { port }] = [await createSandbox(), await good()]
    const rows = {
      good: { port },
      closed: { port: 1 },
      untrusted: { port, clientProfile: {} },
      'also-untrusted': { port, clientProfile: {} },
    }
    const list = await sandbox.file('rows.yaml', listOf(rows))

    const { code, stdout } = await sandbox.run('check', '--endpoints', list, '--output', 'json')

    const report = JSON.parse(stdout)
    expect(code).toBe(1)
    expect(report.results.map(({ endpoint, verdict }: Record<string, string>) => [endpoint, verdict])).toEqual([
      ['good', 'pass'],
      ['closed', 'fail'],
      ['untrusted', 'fail'],
      ['also-untrusted', 'fail'],
    ])
    expect(Object.keys(report.findings[0] ?? {}).toSorted()).toEqual([
      'cause',
      'endpoints',
      'evidence',
      'hint',
      'vantages',
    ])
    expect(report.findings[0].endpoints).toEqual(['untrusted', 'also-untrusted'])
    expect(report.results[1].hint.length).toBeGreaterThan(10)
    expect(await faultsAgainst(sandbox, 'check', report)).toEqual([])
  })

  it.each([
    ['required', true, 1],
    ['optional', false, 0],
  ])('exits with the code for a %s row that is not configured', async (_title, required, exitCode) => {
    const sandbox = await createSandbox()
    const list = await sandbox.file('rows.yaml', listOf({ bus: { host: '${empty}', required } }))

    const { code, stdout } = await sandbox.run('check', '--endpoints', list, '--output', 'json')

    expect(JSON.parse(stdout).results[0].verdict).toBe('unknown')
    expect(code).toBe(exitCode)
  })

  it('checks only the rows that --endpoint names', async () => {
    const [sandbox, { port }] = [await createSandbox(), await good()]
    const list = await sandbox.file('rows.yaml', listOf({ one: { port }, two: { port }, closed: { port: 1 } }))

    const { code, stdout } = await sandbox.run(
      'check',
      '--endpoints',
      list,
      '--endpoint',
      'two',
      '--endpoint',
      'one',
      '--output',
      'json',
    )

    expect(
      JSON.parse(stdout)
        .results.map(({ endpoint }: { endpoint: string }) => endpoint)
        .toSorted(),
    ).toEqual(['one', 'two'])
    expect(code).toBe(0)
  })

  it('streams its events as lines, and the report as the last one', async () => {
    const [sandbox, { port }] = [await createSandbox(), await good()]
    const list = await sandbox.file('rows.yaml', listOf({ one: { port } }))

    const { stdout } = await sandbox.run('check', '--endpoints', list, '--output', 'ndjson')

    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const kinds = events.map(({ kind }) => kind)
    expect(kinds[0]).toBe('started')
    expect(kinds.filter((kind) => kind === 'stage').length).toBeGreaterThan(3)
    expect(kinds.slice(-3)).toEqual(['result', 'vantage', 'finished'])
    expect(await faultsAgainst(sandbox, 'check', events.at(-1).report)).toEqual([])
  })

  it('prints a table with the complete hint of each failure', async () => {
    const [sandbox, { port }] = [await createSandbox(), await good()]
    const list = await sandbox.file('rows.yaml', listOf({ good: { port }, closed: { port: 1 } }))

    const { stdout } = await sandbox.run('check', '--endpoints', list)

    expect(stdout).toMatch(/^ENDPOINT +FROM +VERDICT +CAUSE +TOOK +EVIDENCE OR WHAT TO DO\n/)
    expect(stdout).toMatch(/good .*✓ pass/)
    expect(stdout).toMatch(/closed .*✗ fail/)
    expect(stdout).not.toContain('\u001b')
    const report = JSON.parse((await sandbox.run('check', '--endpoints', list, '--output', 'json')).stdout)
    const { hint } = report.results.find(({ endpoint }: { endpoint: string }) => endpoint === 'closed')
    expect(hint.length).toBeGreaterThan(90)
    expect(stdout).toContain(hint)
  })

  it('reports that an empty list has nothing to check', async () => {
    const sandbox = await createSandbox()
    const { code, stdout, stderr } = await sandbox.run(
      'check',
      '--endpoints',
      await sandbox.file('rows.yaml', { endpoints: [] }),
      '--output',
      'json',
    )
    const table = await sandbox.run('check', '--endpoints', await sandbox.file('rows.yaml', { endpoints: [] }))

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ results: [], findings: [] })
    expect(table.stderr).toContain('Nothing to check')
  })

  it.each([
    ['that does not exist', undefined, /FILE_UNREADABLE: .*none\.yaml cannot be read: it does not exist\./],
    ['that is not YAML', 'endpoints: [\n  - id: a\n', /FILE_INVALID: .*line \d: this is not valid YAML/],
    [
      'with an invalid field',
      { endpoints: [{ id: 'a', component: 'b', protocol: 'https', port: 'x' }] },
      /line 5: endpoints\[0\]\.port: expected a port/,
    ],
    [
      'with an unknown field',
      { endpoints: [{ id: 'a', component: 'b', protocol: 'https', hots: 'x' }] },
      /line 5: endpoints\[0\]\.hots: expected a known field/,
    ],
    [
      'without a protocol',
      { endpoints: [{ id: 'a', component: 'b' }] },
      /line 2: endpoints\[0\]\.protocol: expected one of/,
    ],
  ])('cannot run with a file %s: exit code 2, and one line with the reason', async (_title, content, message) => {
    const sandbox = await createSandbox()
    const file = content === undefined ? `${sandbox.folder}/none.yaml` : await sandbox.file('rows.yaml', content)

    const { code, stdout, stderr } = await sandbox.run('check', '--endpoints', file)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('cannot run with an unknown row in --endpoint: exit code 2', async () => {
    const sandbox = await createSandbox()
    const list = await sandbox.file('rows.yaml', listOf({ one: { port: 1 } }))

    expect(await sandbox.run('check', '--endpoints', list, '--endpoint', 'tow')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"tow"'),
    })
  })

  it('prints no control characters that a server sends', async () => {
    const sandbox = await createSandbox()
    const { port } = await serveTls(
      answering(() => ({
        status: 403,
        reason: '\u001b[2J\u001b]0;owned\u0007',
        headers: { Server: '\u001b[31mevil' },
      })),
    )
    const list = await sandbox.file('rows.yaml', listOf({ evil: { port } }))

    const { stdout, stderr } = await sandbox.run('check', '--endpoints', list)

    expect(stdout + stderr).not.toContain('\u001b')
  })

  it.runIf(process.platform === 'linux')('ends within 2 s of Ctrl-C while a server does not respond', async () => {
    const [sandbox, port] = [await createSandbox(), await serveUnresponsive()]
    const list = await sandbox.file('rows.yaml', listOf({ hole: { port } }))
    const child = startHangar(['check', '--endpoints', list, '--output', 'ndjson'], sandbox.environment)
    onTestFinished(() => void child.kill('SIGKILL'))
    let output = ''
    const started = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += String(chunk)
        if (output.includes('"started"')) resolve()
      })
    })
    await started

    const stoppedMs = performance.now()
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')

    expect(performance.now() - stoppedMs).toBeLessThan(2_000)
    expect(code).toBe(1)
    expect(output).not.toContain('"finished"')
  })

  it('exits with 0 when the reader of its output closes the pipe', async () => {
    const sandbox = await createSandbox()
    const rows = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`row-${index}`, { host: '${empty}', required: false }]),
    )
    const child = startHangar(
      ['check', '--endpoints', await sandbox.file('rows.yaml', listOf(rows)), '--output', 'ndjson'],
      sandbox.environment,
    )
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += String(chunk)
    })
    await once(child.stdout, 'data')
    child.stdout.destroy()

    const [code] = await Promise.race([once(child, 'close'), delay(20_000, ['timed out'])])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

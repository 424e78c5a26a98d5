import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { correlationId } from '../../assets/charts/demo-library/files/lines.mjs'
import { createAuthority } from './authority.ts'
import { ask, startChartProgram } from './chart-program.ts'
import { freePort } from './program.ts'

const soon = { timeout: 20_000, interval: 50 }

describe('the gateway', () => {
  it('forwards calls with the key to the integration, and rejects all others', async () => {
    const backend = createServer((request, response) =>
      response.end(JSON.stringify({ path: request.url, headers: request.headers })),
    )
    const [backendPort, httpPort, httpsPort] = [await freePort(), await freePort(), await freePort()]
    await new Promise<void>((resolve) => backend.listen(backendPort, '127.0.0.1', resolve))
    onTestFinished(() => void backend.close())
    const tls = await mkdtemp(join(tmpdir(), 'gateway-'))
    onTestFinished(() => rm(tls, { recursive: true, force: true }))
    const { certificate, key } = createAuthority().issue({ names: ['gateway'] })
    const apiKey = 'a-key-of-the-gateway'
    await writeFile(join(tls, 'tls.crt'), certificate)
    await writeFile(join(tls, 'tls.key'), key)
    await writeFile(join(tls, 'api-key'), apiKey)
    const gateway = startChartProgram('gateway', await freePort(), {
      ROUTES: JSON.stringify({
        '/orders': `http://127.0.0.1:${backendPort}`,
        '/stopped': `http://127.0.0.1:${await freePort()}`,
      }),
      KEY_FILE: join(tls, 'api-key'),
      TLS_FOLDER: tls,
      HTTP_PORT: String(httpPort),
      HTTPS_PORT: String(httpsPort),
    })
    await expect.poll(gateway.isReady, soon).toBe(true)
    const withKey = { 'x-api-key': apiKey }

    expect((await ask(httpPort, '/orders/1')).status).toBe(401)
    expect((await ask(httpPort, '/orders/1', { 'x-api-key': 'guess' })).status).toBe(401)
    expect((await ask(httpPort, '/nothing', withKey)).status).toBe(404)
    expect((await ask(httpPort, '/stopped/1', withKey)).status).toBe(503)
    const passed = await ask(httpPort, '/orders/1', { ...withKey, 'x-correlation-id': 'call-4711-abc' })

    expect(passed).toMatchObject({ status: 200, headers: { 'x-correlation-id': 'call-4711-abc' } })
    const { headers } = JSON.parse(passed.body)
    expect(headers['x-correlation-id']).toBe('call-4711-abc')
    expect(headers).not.toHaveProperty('x-api-key')
    await expect
      .poll(() => gateway.stdout.map((line) => JSON.parse(line).gatewayCode).filter(Boolean), soon)
      .toEqual(['AUTH_FAILURE', 'AUTH_FAILURE', 'RESOURCE_NOT_FOUND', 'NO_HEALTHY_BACKEND', 'BACKEND_RESPONSE'])
  })
})

describe('the integrations', () => {
  it.each(['logfmt', 'json'])('write %s as Ballerina does, on stderr, with known correlation ids', async (format) => {
    const program = startChartProgram('ballerina', await freePort(), {
      MODULE: 'hangar/orders',
      FORMAT: format,
      SEED: '7',
      LINES_PER_SECOND: '200',
    })

    await expect.poll(() => program.stderr.length, soon).toBeGreaterThan(50)

    expect(program.stdout).toEqual([])
    const start =
      format === 'json'
        ? /^\{"time":"[^"]+Z","level":"(INFO|WARN|ERROR|DEBUG)","module":"hangar\/orders","message":"/
        : /^time=\S+Z level=(INFO|WARN|ERROR|DEBUG) module=hangar\/orders message="/
    expect(program.stderr.filter((line) => !start.test(line))).toEqual([])
    expect(program.stderr[3]).toContain(correlationId(7, 2))
  })

  it('write lines of Micro Integrator, with stack traces of several lines', async () => {
    const program = startChartProgram('micro-integrator', await freePort(), {
      SEED: '9',
      PORT: String(await freePort()),
      LINES_PER_SECOND: '200',
    })

    await expect
      .poll(() => program.stdout.filter((line) => line.startsWith('Caused by: ')).length, soon)
      .toBeGreaterThan(0)

    const record = /^\[\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},\d{3}\] ( INFO| WARN|ERROR|DEBUG) \{\w+\} - \S/
    const others = program.stdout.filter((line) => !record.test(line))
    expect(others.every((line) => line === '' || /^(\tat |\t\.\.\. \d+ more|Caused by: )/.test(line))).toBe(true)
    expect(program.stdout.find((line) => line.includes('ERROR'))).toMatch(
      /correlation_id: [0-9a-f-]{36} org\.apache\.synapse\.SynapseException: /,
    )
  })
})

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { noConnectionFacts } from '../../main/connectivity/probe/connection-facts.ts'
import { sampleFail, sampleRow } from '../../main/connectivity/report/sample.ts'
import type { EndpointRow, Stage } from '../../preload/contract/connectivity.ts'
import { reproduce } from '../../preload/network-text.ts'
import { sasl } from '../connectivity/servers/amqp.ts'
import { servePage } from '../connectivity/servers/http.ts'
import { refusal, serveProxy } from '../connectivity/servers/proxy.ts'
import { serveTls, tlsOptions, untrustedAuthority } from '../connectivity/servers/serve.ts'

const missing = ['/usr/bin/openssl', '/usr/bin/curl'].filter((program) => !existsSync(program))
const reason = missing.length === 0 ? '' : `(${missing.join(', ')} missing)`

const commandFor = (row: Partial<EndpointRow>, stage: Stage, proxy = ''): string =>
  reproduce(
    sampleRow({ id: 'a', host: 'localhost', ...row }),
    sampleFail({
      endpoint: 'a',
      stages: [{ stage, verdict: 'fail', at: '', ms: 1, evidence: '' }],
      facts: { ...noConnectionFacts, proxy },
    }),
  )

/** The output of the pasted command. */
const paste = (command: string): Promise<string> =>
  new Promise((resolve) => {
    const environment = { PATH: process.env.PATH, https_proxy: 'http://127.0.0.1:1' }
    execFile('/bin/sh', ['-c', command], { env: environment, timeout: 20_000 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })

describe.skipIf(reason !== '')(`the command of a report, pasted into a shell ${reason}`, () => {
  it('shows the issuer of the server certificate, directly and through a proxy', async () => {
    const issued = untrustedAuthority.issue({ names: ['localhost'], addresses: ['127.0.0.1'] })
    const [far, proxy] = [await servePage({}, tlsOptions(issued, untrustedAuthority)), await serveProxy()]

    const straight = await paste(commandFor({ port: far.port }, 'tls'))
    const through = await paste(commandFor({ port: far.port }, 'tls', proxy.url))

    expect(straight).toContain('CN = Stranger')
    expect(through).toContain('CN = Stranger')
    expect(proxy.asked).toEqual([`localhost:${far.port}`])
  })

  it('shows the response of a proxy to a tunnel, for every protocol', async () => {
    const proxy = await serveProxy({
      refuse: () => refusal('407 Proxy Authentication Required', 'Proxy-Authenticate: NTLM\r\n'),
    })

    const said = await paste(commandFor({ port: 5671, protocol: 'amqp1' }, 'proxy', proxy.url))

    expect(proxy.asked).toEqual(['localhost:5671'])
    expect(said).toMatch(/407 Proxy Authentication Required/)
    expect(said).toContain('Proxy-Authenticate: NTLM')
  })

  it('sends the request of the protocol, without the proxy of the shell where the endpoint uses none', async () => {
    const far = await servePage(({ method, path, headers }) => ({
      status: 401,
      headers: { 'X-Asked': `${method} ${path} ${headers.upgrade ?? ''} ${headers['sec-websocket-key'] ?? ''}` },
    }))

    const registry = await paste(commandFor({ port: far.port, protocol: 'oci' }, 'identity'))
    const socket = await paste(commandFor({ port: far.port, protocol: 'wss', path: "/ws?a='b c{}'" }, 'identity'))

    expect(registry).toContain('X-Asked: GET /v2/')
    expect(socket).toMatch(/X-Asked: GET \/ws\?a=%27b%20c\{\}%27 websocket dGhl/)
  })

  it('shows the first bytes that a broker sends', async () => {
    const far = await serveTls((socket) => socket.on('data', () => socket.end(sasl)))

    const said = await paste(commandFor({ port: far.port, protocol: 'amqp1' }, 'identity'))

    expect(said).toMatch(/A +M +Q +P +003 +001 +\\0 +\\0/)
  })
})

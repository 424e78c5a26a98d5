import { describe, expect, it } from 'vitest'
import { ConnectionFacts, type EndpointRow, type Result, type Stage } from './contract/connectivity.ts'
import { networkText, reproduce, utcTime } from './network-text.ts'
import { readPowerShell } from './powershell-sample.ts'

const row = (part: Partial<EndpointRow> = {}): EndpointRow => ({
  id: 'a',
  component: 'agent',
  componentTitle: 'Agent',
  title: 'Control plane',
  host: 'cp.example',
  port: 443,
  protocol: 'https',
  path: '',
  tls: true,
  serverName: '',
  direction: 'outbound',
  scope: 'external',
  required: true,
  inspection: 'never',
  note: '',
  ...part,
})

const noFacts = ConnectionFacts.parse({
  addresses: [],
  resolver: '',
  source: '',
  destination: '',
  proxy: '',
  issuer: '',
  keySha256: '',
})

const failing = (stage: Stage, facts: Partial<Result['facts']> = {}): Result => ({
  endpoint: 'a',
  vantage: { kind: 'computer', name: 'laptop' },
  verdict: 'fail',
  cause: 'tls.intercepted',
  hint: 'Exempt this host from TLS inspection.',
  stages: [
    { stage: 'config', verdict: 'pass', at: '2026-03-01T14:05:08Z', ms: 0, evidence: '' },
    { stage, verdict: 'fail', at: '2026-03-01T15:05:09+01:00', ms: 12.4, evidence: 'issuer: Box\nsecond line' },
  ],
  facts: { ...noFacts, ...facts },
})

const proxied = { proxy: 'http://proxy.corp:3128' }
const key = "-H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='"
const upgrade = `-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' ${key}`

describe('the command that reproduces a result', () => {
  it.each<[string, Partial<EndpointRow>, Stage, Partial<Result['facts']>, string]>([
    ['a name', {}, 'dns', {}, 'nslookup cp.example.'],
    ['a name, with its resolver', {}, 'dns', { resolver: '10.0.0.2, 10.0.0.3' }, 'nslookup cp.example. 10.0.0.2'],
    ['… with a port', {}, 'dns', { resolver: '127.0.0.1:5353' }, 'nslookup -port=5353 cp.example. 127.0.0.1'],
    ['… over IPv6', {}, 'dns', { resolver: 'fd00::a' }, 'nslookup cp.example. fd00::a'],
    ['… over IPv6 with a port', {}, 'dns', { resolver: '[fd00::a]:54' }, 'nslookup -port=54 cp.example. fd00::a'],
    ['… that is not an address', {}, 'dns', { resolver: 'the hosts file' }, 'nslookup cp.example.'],
    ['the name of the proxy', {}, 'dns', proxied, 'nslookup proxy.corp.'],
    ['a connection', { port: 5671 }, 'tcp', {}, 'nc -vz -w 5 cp.example 5671'],
    ['a connection to the proxy', { port: 5671 }, 'tcp', proxied, 'nc -vz -w 5 proxy.corp 3128'],
    [
      'the answer of a proxy to the port of a broker',
      { port: 5671, protocol: 'amqp1' },
      'proxy',
      proxied,
      'curl -svkg -o /dev/null -m 10 -x http://proxy.corp:3128 --proxytunnel https://cp.example:5671/',
    ],
    [
      'a handshake',
      {},
      'tls',
      {},
      'openssl s_client -connect cp.example:443 -servername cp.example -showcerts </dev/null',
    ],
    [
      'a handshake through a proxy',
      { protocol: 'grpc', serverName: 'other.example' },
      'tls',
      proxied,
      'openssl s_client -proxy proxy.corp:3128 -connect cp.example:443 -servername other.example -alpn h2 -showcerts </dev/null',
    ],
    [
      'a handshake with an address',
      { host: '[fd00::1]' },
      'tls',
      {},
      'openssl s_client -connect [fd00::1]:443 -noservername -showcerts </dev/null',
    ],
    [
      'a handshake through an https proxy',
      {},
      'tls',
      { proxy: 'https://proxy.corp:8443' },
      'curl -svkg -o /dev/null -m 10 -x https://proxy.corp:8443 https://cp.example:443/',
    ],
    [
      'a handshake through SOCKS',
      {},
      'tls',
      { proxy: 'socks5://proxy.corp:1080' },
      'curl -svkg -o /dev/null -m 10 -x socks5h://proxy.corp:1080 https://cp.example:443/',
    ],
    [
      'a registry',
      { protocol: 'oci' },
      'identity',
      {},
      "curl -svkg -o /dev/null -m 10 --noproxy '*' https://cp.example:443/v2/",
    ],
    [
      'a repository whose path contains shell syntax',
      { protocol: 'git', path: "/a/b.git/info/refs?service=git-upload-pack&x='$(id)" },
      'identity',
      proxied,
      "curl -svkg -o /dev/null -m 10 -x http://proxy.corp:3128 'https://cp.example:443/a/b.git/info/refs?service=git-upload-pack&x=%27$(id)'",
    ],
    [
      'a server name that differs from the host',
      { serverName: 'other.example' },
      'identity',
      {},
      "curl -svkg -o /dev/null -m 10 --noproxy '*' --connect-to other.example:443:cp.example:443 https://other.example:443/",
    ],
    [
      'a WebSocket',
      { protocol: 'wss', path: '/ws' },
      'identity',
      {},
      `curl -svkg -o /dev/null -m 10 --noproxy '*' --http1.1 ${upgrade} https://cp.example:443/ws`,
    ],
    [
      'a broker',
      { protocol: 'amqp1', port: 5671 },
      'identity',
      {},
      "(printf 'AMQP\\003\\001\\000\\000'; sleep 5) | openssl s_client -connect cp.example:5671 -servername cp.example -quiet | head -c 64 | od -c",
    ],
    [
      'a broker in clear, through a proxy',
      { protocol: 'amqp091', port: 5672, tls: false },
      'identity',
      proxied,
      "(printf 'AMQP\\000\\000\\011\\001'; sleep 5) | nc -X connect -x proxy.corp:3128 -w 5 cp.example 5672 | head -c 64 | od -c",
    ],
  ])('for %s', (_name, part, stage, facts, command) => {
    expect(reproduce(row(part), failing(stage, facts))).toBe(command)
  })

  it.each(['cp.example$(id)', 'cp.example;id', '-oProxyCommand=id', 'a b\n`id`'])(
    'cannot be escaped by a host such as %j, in any stage',
    (host) => {
      for (const stage of ['dns', 'tcp', 'proxy', 'tls', 'identity', 'auth'] as const) {
        const command = reproduce(row({ host, protocol: 'amqp1' }), failing(stage, proxied))
        expect(command.replace("(printf 'AMQP\\003\\001\\000\\000'; sleep 5)", '')).not.toMatch(/[$;`\n]| -o[^ d]/)
      }
    },
  )

  it('is one line of visible ASCII, whatever the path and the proxy contain', () => {
    for (const path of ['/a\nid', '/a\rid', "/a'; id; '", '/\u202ecod', '/a\u2028id', '/\ud800', '/`id`$(id)']) {
      const command = reproduce(row({ path }), failing('identity', { proxy: 'http://proxy.corp\nid:3128' }))
      expect(command).toMatch(/^curl [ -~]+$/)
      // Nothing of it is outside of quotes in PowerShell either.
      expect(readPowerShell(command).code).not.toMatch(/[;|&$`(){}]/)
    }
    expect(reproduce(row({ path: '/a\nid' }), failing('identity'))).toContain('https://cp.example:443/a%0Aid')
  })

  it('targets the companion host if that one failed', () => {
    const companion = { host: 'blobs.example', port: 443, protocol: 'https' }
    const result = { ...failing('tcp'), companion }

    expect(reproduce(row({ protocol: 'oci', path: '/v2/', port: 5000 }), result)).toBe('nc -vz -w 5 blobs.example 443')
    expect(networkText(row(), result, '')).toContain(
      '# Destination: blobs.example, port 443, https over TLS\n# Required by: cp.example, port 443',
    )
  })

  it('is empty for a row that was not checked', () => {
    const { stages, ...result } = failing('config')
    expect(reproduce(row(), { ...result, stages: stages.slice(0, 1) })).toBe('')
    expect(reproduce(row({ host: '' }), failing('tcp'))).toBe('')
  })
})

describe('the text for the network team', () => {
  it('names source, destination, time, stages and a command', () => {
    const facts = { source: '10.1.2.3', addresses: ['192.0.2.7'], issuer: 'CN=Box' }

    const text = networkText(row({ protocol: 'wss' }), failing('tls', facts), '2026-03-01T14:05:00Z')

    expect(text.split('\n').map((line) => line.replace(/^# /, ''))).toEqual([
      "From Hangar's report",
      'Connection: Control plane (Agent)',
      'Source: laptop (computer), address 10.1.2.3',
      'Destination: cp.example, port 443, wss over TLS',
      'Addresses: 192.0.2.7',
      'Direction: outbound, external',
      'Time: 2026-03-01 14:05:09 UTC',
      'Result: fail (tls.intercepted)',
      'Stages:',
      '  config pass 0 ms:',
      '  tls fail 12 ms: issuer: Box',
      '    second line',
      'Certificate issued by: CN=Box',
      'TLS inspection: must be off for this destination.',
      'What to do: Exempt this host from TLS inspection.',
      'To reproduce, on laptop, run the command in the last line.',
      "End of Hangar's report",
      'openssl s_client -connect cp.example:443 -servername cp.example -showcerts </dev/null',
    ])
  })

  it('returns text that is not a time unchanged', () => {
    expect(utcTime('yesterday')).toBe('yesterday')
  })
})

import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { readHostList } from './host-list.ts'
import { wordText } from './shell-commands.ts'

const rowsOf = (text: string) =>
  readHostList('hosts', text).hosts.map(({ component, host, port, path, wire, direction, scope }) => [
    component,
    wordText(host),
    port && wordText(port),
    path,
    wire?.protocol,
    wire?.tls,
    direction,
    scope,
  ])

describe('a list of hosts', () => {
  const cases: readonly [what: string, text: string, rows: unknown[][]][] = [
    [
      'is a CSV with a heading',
      'Component,Endpoint,Host,Port,Protocol,Direction,Scope\r\nagent,"Control, plane",cp.example.com,443,WSS,Outbound,External\r\n',
      [['agent', 'cp.example.com', '443', undefined, 'wss', true, 'outbound', 'external']],
    ],
    [
      'is a TSV',
      'Source\tFQDN\tProtocol\tDirection\na\tb.example.com\tAMQP 1.0\tOutbound (VPC internal)',
      [['a', 'b.example.com', undefined, undefined, 'amqp1', true, 'outbound', 'vpc']],
    ],
    [
      'is plain text',
      '# hosts\nhttps://a.example.com:8443/p\n\nb.example.com:5671\nc.example.com',
      [
        ['', 'a.example.com', '8443', '/p', 'https', true, 'outbound', undefined],
        ['', 'b.example.com', '5671', undefined, undefined, undefined, 'outbound', undefined],
        ['', 'c.example.com', undefined, undefined, undefined, undefined, 'outbound', undefined],
      ],
    ],
    [
      'has what each customer fills in',
      'Host;Protocol\n<key vault>.vault.azure.net;HTTPS\n$HOST;http',
      [
        ['', '$key_vault.vault.azure.net', undefined, undefined, 'https', true, 'outbound', undefined],
        ['', '$HOST', undefined, undefined, 'https', false, 'outbound', undefined],
      ],
    ],
  ]
  it.each(cases)('%s', (_what, text, rows) => expect(rowsOf(text)).toEqual(rows))

  it('leaves rows unread that have no host or a protocol that no profile has', () => {
    const { hosts, unread } = readHostList('h.csv', 'Host,Protocol\nsome text,HTTPS\ndb.example.com,PostgreSQL\n')
    expect(hosts).toEqual([])
    expect(unread).toMatchObject([
      { place: 'h.csv:2', why: 'It has no host.' },
      { place: 'h.csv:3', why: 'A profile has no protocol "PostgreSQL".' },
    ])
    expect(readHostList('h.csv', 'A,B\n1,2').unread).toMatchObject([{ why: 'No column is named "Host".' }])
  })

  it('is limited, and read in linear time', () => {
    expect(() => readHostList('h', 'a.b\n'.repeat(5_001))).toThrow('5000')
    const cpuMs = startCpuTime()
    for (const piece of ['<', '"', 'a<>', '$', '[', '::']) {
      readHostList('h', `Host,Port\n${piece.repeat(50_000)}`)
      readHostList('h', piece.repeat(50_000))
    }
    expect(cpuMs()).toBeLessThan(3_000)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { startCpuTime } from '../../../test/cpu-time.ts'
import type { ParsedEvent } from './event.ts'
import { EventJoiner } from './join.ts'
import { parseEvent } from './parse.ts'

const cases: readonly (readonly [string, string, Partial<ParsedEvent>])[] = [
  [
    'a Ballerina line with values of every kind',
    'time=2025-08-20T08:53:29.973+05:30 level=INFO module="" message="info log" id=845315 name="foo bar" ok=true none=()',
    {
      format: 'ballerina-logfmt',
      atMs: Date.UTC(2025, 7, 20, 3, 23, 29, 973),
      level: 'INFO',
      levelSource: 'field',
      module: '',
      message: 'info log',
      fields: [
        ['id', '845315'],
        ['name', 'foo bar'],
        ['ok', 'true'],
        ['none', '()'],
      ],
    },
  ],
  [
    'a Ballerina error value, which is not JSON',
    'time=2025-08-20T08:51:45.684Z level=ERROR module=acme/orders message="bad \\"order\\"\\n" error={"message":"a } b","moduleName":(),"stack":[{"line":4}]} traceId="abc" spanId="def"',
    {
      level: 'ERROR',
      module: 'acme/orders',
      message: 'bad "order"\n',
      fields: [['error', '{"message":"a } b","moduleName":(),"stack":[{"line":4}]}']],
      traceId: 'abc',
      spanId: 'def',
    },
  ],
  [
    'a later key over an earlier one, as the logger does',
    'time=2025-08-20T08:51:45.684Z level=INFO module=m message="m" icp.runtimeId="a" icp.runtimeId="b"',
    { fields: [['icp.runtimeId', 'b']] },
  ],
  [
    'a Ballerina line in JSON',
    '{"time":"2025-03-15T10:30:00.000Z","level":"WARN","module":"acme/orders","message":"slow","tookMs":12,"traceId":"t1"}',
    {
      format: 'ballerina-json',
      level: 'WARN',
      module: 'acme/orders',
      message: 'slow',
      fields: [['tookMs', '12']],
      traceId: 't1',
    },
  ],
  [
    "Go's slog, whose message is msg",
    '{"time":"2026-02-12T00:57:07.44Z","level":"ERROR","msg":"connection failed","component":"agent","retryAfter":5000000000}',
    {
      format: 'json',
      level: 'ERROR',
      message: 'connection failed',
      module: 'agent',
      fields: [['retryAfter', '5000000000']],
    },
  ],
  [
    'a Micro Integrator line, whose time has no zone',
    '[2024-09-09 15:23:03,998]  INFO {LogMediator} - {api:StockQuoteAPI} Processing : {"a":1}',
    {
      format: 'micro-integrator',
      atMs: undefined,
      level: 'INFO',
      levelSource: 'prefix',
      module: 'LogMediator',
      message: '{api:StockQuoteAPI} Processing : {"a":1}',
      fields: [['api', 'StockQuoteAPI']],
    },
  ],
  [
    'a Micro Integrator line of the control plane pattern, with method and path',
    '[2026-06-22T13:53:18.180+02:00] ERROR {org.apache.synapse.LogMediator} [ Deployed From Artifact Container: OrdersCApp ] - {api:Orders GET /orders/7} failed',
    {
      atMs: Date.UTC(2026, 5, 22, 11, 53, 18, 180),
      level: 'ERROR',
      fields: [
        ['api', 'Orders'],
        ['http.request.method', 'GET'],
        ['url.path', '/orders/7'],
        ['artifactContainer', 'OrdersCApp'],
      ],
    },
  ],
  [
    'a Micro Integrator event with its stack trace',
    '[2024-09-09 15:23:03,998] ERROR {Axis2Sender} - Timeout\njava.net.SocketTimeoutException: read\n\tat a.B.c(B.java:1)',
    {
      message: 'Timeout',
      fields: [
        ['exception.type', 'java.net.SocketTimeoutException'],
        ['exception.message', 'read'],
        ['exception.stacktrace', 'java.net.SocketTimeoutException: read\n\tat a.B.c(B.java:1)'],
      ],
    },
  ],
  [
    'a coloured line',
    '\u001b[32mtime=2025-08-20T08:51:45.684Z level=INFO module=m message="m"\u001b[0m',
    { format: 'ballerina-logfmt', level: 'INFO' },
  ],
  [
    'an unknown line, without a level',
    'error: something on stderr',
    { format: 'plain', level: null, levelSource: 'none', message: 'error: something on stderr' },
  ],
  ['a line that only begins like logfmt', 'time=2025-08-20T08:51:45.684Z then prose', { format: 'plain', level: null }],
]

describe('parseEvent', () => {
  it.each(cases)('reads %s', (_name, text, expected) => {
    expect(parseEvent('auto', text)).toMatchObject(expected)
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<LogFormat>('auto', 'ballerina', 'micro-integrator', 'json', 'plain'),
        fc.string({ maxLength: 2_000 }),
        fc.constantFrom('', 'time=', '{', '['),
        (format, text, start) => {
          expect(parseEvent(format, start + text).format).toBeTruthy()
        },
      ),
    )
  })
})

const formats = ['auto', 'ballerina', 'micro-integrator', 'json', 'plain'] as const satisfies readonly LogFormat[]
const nested = (open: string, depth: number, close: string): string => open.repeat(depth) + close.repeat(depth)

describe('parseEvent, with hostile lines', () => {
  it.each([
    ['a list in JSON', `{"message":"m","deep":${nested('[', 50_000, ']')}}`],
    ['a mapping in JSON', `{"message":${nested('{"a":', 50_000, '}')}}`],
    ['a value of Ballerina', `time=2026-01-01T00:00:00Z level=INFO message="m" deep=${nested('{', 50_000, '}')}`],
    ['unclosed brackets', `time=2026-01-01T00:00:00Z level=INFO message="m" deep=${'['.repeat(200_000)}`],
    ['an artifact of Micro Integrator', `[2026-01-01 00:00:00,000]  INFO {A} - ${'{api:'.repeat(100_000)}`],
    ['colours', '\u001b['.repeat(200_000)],
    ['escapes', `time=x message="${'\\u{'.repeat(100_000)}"`],
    ['fields in JSON', `{"message":"m",${Array.from({ length: 20_000 }, (_, n) => `"k${n}":1`).join(',')}}`],
  ])('takes less than a second for %s', (_name, text) => {
    for (const format of formats) {
      const cpuMs = startCpuTime()
      const event = parseEvent(format, text)
      expect(cpuMs()).toBeLessThan(1_000)
      expect(event.fields.length).toBeLessThanOrEqual(1_000)
    }
  })

  it('reads the level of JSON of any depth, before and after what is deep', () => {
    const deep = nested('{"a":', 18_000, '}').replace('"a":}', '"a":1}')
    const read = (text: string) => {
      const { format, level, message } = parseEvent('auto', text)
      return [format, level, message]
    }
    expect(read(`{"level":"warn","deep":${deep},"message":"m"}`)).toEqual(['json', 'WARN', 'm'])
    expect(read(`{"deep":${deep},"message":"m","level":"warn"}`)).toEqual(['json', 'WARN', 'm'])
    expect(read(`{"deep":${nested('[', 50_000, ']')},"message":"m","level":"warn"}`)).toEqual(['json', 'WARN', 'm'])
  })

  it('does not count brackets inside a text', () => {
    expect(parseEvent('json', `{"message":"${'{'.repeat(100)}\\"${'['.repeat(100)}"}`).format).toBe('json')
  })

  it('never throws, however deep the line', () => {
    const starts = [
      '{"message":"m","a":',
      'time=2026-01-01T00:00:00Z level=INFO message="m" a=',
      '[2026-01-01 00:00:00,000]  INFO {A} - ',
      '',
    ]
    const brackets = fc.constantFrom('[', '{', '(', '{"a":', '[{"a":', '"', '\\', '{api:x ')
    const line = fc
      .tuple(
        fc.constantFrom(...starts),
        brackets,
        fc.integer({ min: 0, max: 60_000 }),
        fc.constantFrom('', ']', '}', '}]'),
      )
      .map(([start, open, depth, close]) => `${start}${open.repeat(depth)}1${close.repeat(depth)}`)
    fc.assert(
      fc.property(fc.constantFrom<LogFormat>(...formats), line, (format, text) => {
        expect(parseEvent(format, text).format).toBeTruthy()
      }),
      { numRuns: 40 },
    )
  })
})

const join = (format: LogFormat, lines: readonly string[]): string[] => {
  const joiner = new EventJoiner(format)
  const events = lines.map((text, index) => joiner.push({ ns: BigInt(index), text }))
  return [...events, joiner.flush()].flatMap((event) => (event === undefined ? [] : [event.text]))
}

describe('EventJoiner', () => {
  it('joins a stack trace to its event', () => {
    const trace = [
      '[2024-09-09 15:23:03,998] ERROR {A} - x',
      'java.io.IOException: y',
      '\tat a.B(B.java:1)',
      'Caused by: z',
      '\t... 3 more',
    ]
    expect(join('micro-integrator', [...trace, '[2024-09-09 15:23:04,000]  INFO {A} - next'])).toEqual([
      trace.join('\n'),
      '[2024-09-09 15:23:04,000]  INFO {A} - next',
    ])
  })

  it('makes an unknown line of another format an event of its own', () => {
    expect(join('auto', ['one', 'two', '{"msg":"three"}'])).toEqual(['one', 'two', '{"msg":"three"}'])
  })

  it('loses no line and keeps their order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<LogFormat>('auto', 'micro-integrator', 'plain'),
        fc.array(fc.string({ maxLength: 30 })),
        (format, lines) => {
          const given = lines.map((line) => line.replaceAll('\n', ' '))
          expect(join(format, given).join('\n')).toBe(given.join('\n'))
        },
      ),
    )
  })

  it('splits an event that never ends', () => {
    const events = join(
      'micro-integrator',
      Array.from({ length: 21_000 }, () => '\tat x'),
    )
    expect(events.map((event) => event.split('\n').length)).toEqual([10_000, 10_000, 1_000])
  })
})

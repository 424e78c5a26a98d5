import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../preload/contract/logs.ts'
import { formatters } from './formats.ts'

const record: LogRecord = {
  id: '1',
  at: '2026-03-01T10:00:00.123Z',
  atSource: 'line',
  level: 'ERROR',
  levelSource: 'field',
  source: 'orders',
  pod: 'orders-1',
  container: 'main',
  module: 'm',
  message: '=1+1, "refused"\nsecond',
  format: 'json',
  fields: [['a', 'b']],
  traceId: '4BF92F3577B34DA6A3CE929D0E0E4736',
  raw: '\u001b[31mred\u001b[0m \u202eraw',
}

describe('an exported record', () => {
  it('is a line of text with its time and origin, without colours and hidden characters', () => {
    expect(formatters.text.format([record])).toBe('2026-03-01T10:00:00.123Z orders/orders-1/main red ⟨U+202E⟩raw\n')
    // An imported file has the names that its archive gives it.
    const named = { ...record, source: '\u001b[2Ja', pod: '\u202eb\nc', container: '\u009bd', raw: 'x' }
    expect(formatters.text.format([named])).toBe(
      '2026-03-01T10:00:00.123Z ⟨U+001B⟩[2Ja/⟨U+202E⟩b⟨U+000A⟩c/⟨U+009B⟩d x\n',
    )
  })

  it('is a line of JSON that means exactly the same', () => {
    const line = formatters.ndjson.format([record, record])
    expect(
      line
        .trim()
        .split('\n')
        .map((each) => JSON.parse(each)),
    ).toEqual([record, record])
    expect(line).not.toContain('\u202e')
  })

  it('is a row of CSV of which a spreadsheet computes nothing', () => {
    expect(formatters.csv.head + formatters.csv.format([record])).toBe(
      'time,level,source,pod,container,module,message,traceId,spanId,fields,raw\r\n' +
        '2026-03-01T10:00:00.123Z,ERROR,orders,orders-1,main,m,"\'=1+1, ""refused""\nsecond",' +
        '4BF92F3577B34DA6A3CE929D0E0E4736,,"[[""a"",""b""]]",red ⟨U+202E⟩raw\r\n',
    )
  })

  it.each([
    '=cmd|x',
    '+1',
    '-1',
    '@SUM(1)',
    '\t=1',
    '\n=1',
    '\r\n=1',
    ' =1',
    '＝1',
    '＋1',
    '－1',
    '＠a',
    '\u001b[1m=1',
  ])('has no formula for %j, also as the name of a pod', (text) => {
    const row = formatters.csv.format([{ ...record, pod: text, message: text, traceId: text, raw: text }])
    const cells = row.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,"]*)(?=,|\r\n$)/g)
    expect([3, 6, 7, 10].map((at) => cells?.[at]?.replace(/^"/, '')[0])).toEqual(["'", "'", "'", "'"])
  })

  it.each(['a;b', 'a\tb', 'a,b', 'a"b', 'a\nb'])('has a text with a separator in quotes: %j', (text) => {
    expect(formatters.csv.format([{ ...record, module: text }])).toContain(`,"${text.replace('"', '""')}",`)
  })

  it('is a log record of OTLP, with others of its container', () => {
    const other = { ...record, pod: 'orders-2', level: null, traceId: 'short' }
    const { resourceLogs } = JSON.parse(formatters['otlp-json'].format([record, other, record]))
    expect(resourceLogs).toHaveLength(2)
    expect(resourceLogs[0].resource.attributes).toContainEqual({
      key: 'k8s.pod.name',
      value: { stringValue: 'orders-1' },
    })
    expect(resourceLogs[0].scopeLogs[0].logRecords).toHaveLength(2)
    expect(resourceLogs[0].scopeLogs[0].logRecords[0]).toMatchObject({
      timeUnixNano: '1772359200123000000',
      severityNumber: 17,
      severityText: 'ERROR',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    })
    expect(resourceLogs[1].scopeLogs[0].logRecords[0]).not.toHaveProperty('severityNumber')
    expect(resourceLogs[1].scopeLogs[0].logRecords[0]).not.toHaveProperty('traceId')
  })
})

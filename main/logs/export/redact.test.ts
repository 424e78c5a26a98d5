import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../preload/contract/logs.ts'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { redactLine, redactRecord } from './redact.ts'

describe('a redacted line', () => {
  it.each([
    ['user jane.doe+x@mail.example.com signed in', 'user *** signed in'],
    ['card 4111 1111 1111 1111 refused', 'card *** refused'],
    ['card=5500005555555559,', 'card=***,'],
    ['order 4111111111111112', 'order 4111111111111112'],
    ['at 1764223200000 took 12', 'at 1764223200000 took 12'],
    ['trace 4bf92f3577b34da6a3ce929d0e0e4736', 'trace 4bf92f3577b34da6a3ce929d0e0e4736'],
    ['Authorization: Bearer abc123def456', 'Authorization: ***'],
    ['amqp://user:secret@broker:5671/', 'amqp://***@broker:5671/'],
    ['password=hunter2 next', 'password=*** next'],
    ['@ or a@b is nobody', '@ or a@b is nobody'],
  ])('%j is %j', (line, expected) => {
    expect(redactLine(line)).toBe(expected)
  })

  it('takes time in proportion to its length', () => {
    const cpuMs = startCpuTime()
    for (const text of [
      'a'.repeat(200_000),
      'a.'.repeat(100_000),
      '1 '.repeat(100_000),
      '1'.repeat(200_000),
      'a@'.repeat(100_000),
      `${'a'.repeat(100_000)}@`,
    ])
      redactLine(text)
    expect(cpuMs()).toBeLessThan(2_000)
  })
})

describe('a redacted record', () => {
  const record: LogRecord = {
    id: '1',
    at: '2026-03-01T10:00:00.000Z',
    atSource: 'line',
    level: null,
    levelSource: 'none',
    source: 's',
    pod: 'p',
    container: 'c',
    module: '',
    message: 'hello',
    format: 'json',
    fields: [['user', 'ann']],
    raw: '{"message":"hello","user":"ann"}',
  }

  it('is the same record where there is nothing to hide', () => {
    expect(redactRecord(record)).toBe(record)
  })

  it('hides a field by its name, and values by their form', () => {
    const redacted = redactRecord({
      ...record,
      fields: [
        ['db.password', 'x1'],
        ['mail', 'a@b.example'],
      ],
    })
    expect(redacted.fields).toEqual([
      ['db.password', '***'],
      ['mail', '***'],
    ])
  })
})

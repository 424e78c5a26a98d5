import { expect, it } from 'vitest'
import { readPowerShell } from '../../preload/powershell-sample.ts'
import { commandOf } from './command.ts'
import { emptyFilter } from './query.ts'

it.each([
  [emptyFilter, 'hangar logs search --plane demo'],
  [
    {
      ...emptyFilter,
      text: 'status>=500 "not found"',
      levels: ['ERROR'],
      sources: ['orders'],
      range: { kind: 'last', ms: 3_600_000 },
    },
    `hangar logs search --plane demo --level ERROR --source orders --since 60m -- 'status>=500 "not found"'`,
  ],
  [
    {
      ...emptyFilter,
      text: '-$(reboot)',
      order: 'oldest',
      range: { kind: 'between', from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T11:00:00.000Z' },
    },
    `hangar logs export --plane demo --since 2026-03-01T10:00:00.000Z --until 2026-03-01T11:00:00.000Z -- '-$(reboot)'`,
  ],
] as const)('of %j is %s', (filter, command) => {
  expect(commandOf('demo', filter)).toBe(command)
})

it.each(['-$(reboot)', '`reboot`', 'a; reboot', '@(reboot)', '"; reboot; "', 'a | reboot # b'])(
  'of a query such as %j has it in quotes, also for PowerShell',
  (text) => {
    expect(readPowerShell(commandOf('demo', { ...emptyFilter, text }))).toEqual({
      code: "hangar logs search --plane demo -- ''",
      literals: [text],
    })
  },
)

it('of a search in OpenSearch names its service and indices', () => {
  const engine = { kind: 'opensearch', service: 'logging/opensearch:9200', index: 'logs-*' } as const
  expect(commandOf('demo', { ...emptyFilter, text: 'timeout' }, engine)).toContain(
    "--opensearch logging/opensearch:9200 --index 'logs-*'",
  )
})

it('of a search in Loki names its service and tenant', () => {
  const engine = { kind: 'loki', service: 'logging/loki:3100', tenant: 'a|b' } as const
  expect(commandOf('demo', { ...emptyFilter, text: 'timeout', order: 'oldest' }, engine)).toBe(
    "hangar logs search --plane demo --loki logging/loki:3100 --tenant 'a|b' -- timeout",
  )
})

it.each(["it's; reboot", 'a\u001b[201~\nreboot', 'x’; reboot'])('of a query such as %j runs nothing', (text) => {
  const lines = commandOf('demo', { ...emptyFilter, text }).split('\n')
  expect(lines.filter((line) => !line.startsWith('#'))).toEqual([])
})

import { expect, it } from 'vitest'
import { completionsAt } from './completions.ts'

const schema = {
  type: 'object',
  $defs: { server: { type: 'object', title: 'Server', properties: { host: {}, port: { default: 443 } } } },
  properties: {
    region: { enum: ['west', 'north'], title: 'Region' },
    logs: { type: 'boolean' },
    controlPlane: { $ref: '#/$defs/server' },
    deep: { type: 'object', properties: { inner: { type: 'object', properties: { level: { enum: [1, 2] } } } } },
  },
}

/** `|`: the cursor. */
const labels = (text: string) => {
  const offset = text.indexOf('|')
  return completionsAt(schema, text.replace('|', ''), offset)?.options.map(({ label }) => label)
}

it.each([
  ['|', ['region', 'logs', 'controlPlane', 'deep']],
  ['re|', ['region']],
  ['nothing|', undefined],
  ['region: |', ['west', 'north']],
  ['region: w|', ['west']],
  ['logs: |', ['true', 'false']],
  // What is there already, before or after, is not offered again; comments and other groups do not count.
  ['logs: true\n|\n# region:\ncontrolPlane:\n  host: a', ['region', 'deep']],
  ['controlPlane:\n  |', ['host', 'port']],
  ['controlPlane:\n  host: a\n  |', ['port']],
  ['controlPlane:\n  |\n  port: 1\nregion: west', ['host']],
  ['controlPlane:\n  port: |', ['443']],
  ['deep:\n  inner:\n    level: |', ['1', '2']],
  ['deep:\n  inner:\n    level: 1\n  # here\n  |', undefined],
  ['unknown:\n  |', undefined],
  ['region: west # |', undefined],
  ['- |', undefined],
])('at the cursor of %j, %j is offered', (text, expected) => expect(labels(text)).toEqual(expected))

it('a group goes on in a new line, a value behind its key', () => {
  const { from, options = [] } = completionsAt(schema, 'logs: true\nco', 13) ?? {}
  expect({ from, options }).toEqual({
    from: 11,
    options: [{ label: 'controlPlane', detail: 'Server', apply: 'controlPlane:\n  ' }],
  })
  expect(completionsAt(schema, 'reg', 3)?.options).toEqual([{ label: 'region', detail: 'Region', apply: 'region: ' }])
})

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../preload/contract/words.ts'
import { settingFaults } from './settings-schema.ts'
import { readSettingsText, writeSettingsText } from './settings-text.ts'

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    region: { type: 'string' },
    controlPlane: {
      type: 'object',
      required: ['host'],
      properties: { host: { type: 'string' }, port: { type: 'integer', maximum: 65_535 } },
    },
    password: { type: 'string' },
  },
}

describe('settings as text', () => {
  it.each([
    ['region: west\ncontrolPlane: {host: cp, port: 1}', { region: 'west', controlPlane: { host: 'cp', port: 1 } }],
    ['', {}],
    ['# only a comment', {}],
    // What the profile asks for is its own affair; the form has it too.
    ['password: text', { password: 'text' }],
    ['tokenSecretName: agent-tls', { tokenSecretName: 'agent-tls' }],
  ])('%j is read', (text, settings) => expect(readSettingsText(text, schema)).toMatchObject({ settings, faults: [] }))

  it.each([
    ['region: west\ncontrolPlane: host: x', 2, '', /a mapping cannot start here/],
    ['region: [', 1, '', /closing ] is missing/],
    ['- a', 1, '', /settings are a mapping/],
    ['region: west\ntoken: abc', 2, 'token', /a secret is no setting/],
    ['auth:\n  keys:\n    - password: abc', 3, 'auth.keys.0.password', /a secret is no setting/],
    ['region: |\n  -----BEGIN RSA PRIVATE KEY-----\n  abc', 1, 'region', /a secret is no setting/],
  ])('%j is not taken, with the line and the reason', (text, line, field, message) => {
    const read = readSettingsText(text, schema)
    expect(read.settings).toBeUndefined()
    expect(read.faults).toMatchObject([{ line, field, message: expect.stringMatching(message) }])
    expect(JSON.stringify(read.faults)).not.toContain('abc')
  })

  it('what the schema refuses has its line; a missing setting that of its group', () => {
    const { settings = {}, place } = readSettingsText('region: 1\ncontrolPlane:\n  port: 70000\nother: 1', schema)
    expect(
      place(settingFaults(schema, settings))
        .map(({ line, field }) => `${line} ${field}`)
        .toSorted(),
    ).toEqual(['1 region', '3 controlPlane.host', '3 controlPlane.port', '4 other'])
  })
})

describe('settings written into a text', () => {
  const text = `# Our plane
region: west # as agreed
controlPlane:
  # The host of the vendor
  host: cp
  port: 443
`
  const settings = { region: 'west', controlPlane: { host: 'cp', port: 443 } }
  it.each<[string, string, Parameters<typeof writeSettingsText>[1], string]>([
    ['nothing differs: the text stays', text, settings, text],
    ['a value changes, its comment stays', text, { ...settings, region: 'north' }, text.replace('west', 'north')],
    [
      'a nested value changes',
      text,
      { ...settings, controlPlane: { host: 'other', port: 443 } },
      text.replace('host: cp', 'host: other'),
    ],
    ['a setting is added', text, { ...settings, size: 3 }, `${text}size: 3\n`],
    ['a setting is removed', text, { ...settings, controlPlane: { host: 'cp' } }, text.replace('  port: 443\n', '')],
    ['a list replaces a list', 'a: [1]\n', { a: ['x'] }, 'a:\n  - x\n'],
    ['an empty text', '', settings, 'region: west\ncontrolPlane:\n  host: cp\n  port: 443\n'],
    ['no settings', '', {}, ''],
    ['a text that is not YAML is replaced', 'a: [', { a: 1 }, 'a: 1\n'],
    [
      'aliases are replaced, since they share a value',
      'a: &x {b: 1}\nc: *x\n',
      { a: { b: 1 }, c: { b: 2 } },
      'a:\n  b: 1\nc:\n  b: 2\n',
    ],
    ['a comment alone stays', '# Ours\n', { a: 1 }, '# Ours\na: 1\n'],
    ['a text that is no mapping is replaced: a scalar', 'file:///etc/passwd', { a: 1 }, 'a: 1\n'],
    ['a text that is no mapping is replaced: a list', '- a\n- b\n', { a: 1 }, 'a: 1\n'],
    ['a text that is no mapping is replaced: a block', '|\n  a: 2\n', { a: { b: 1 } }, 'a:\n  b: 1\n'],
  ])('%s', (_title, given, to, expected) => expect(writeSettingsText(given, to)).toBe(expected))

  it.each<JsonObject>([
    { a: { b: { c: [1, { d: null }] } } },
    { 'a.b': 'x: y', 'c d': '# no comment', e: '', f: 'true' },
  ])('what is written is read again: %j', (written) => {
    for (const before of ['', text, 'a: 1'])
      expect(readSettingsText(writeSettingsText(before, written), schema).settings).toEqual(written)
  })
})

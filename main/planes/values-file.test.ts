import { describe, expect, it } from 'vitest'
import { certificateFacts } from './certificates.ts'
import { importValues } from './values-file.ts'

const schema = {
  type: 'object',
  properties: {
    region: { type: 'string' },
    controlPlane: { type: 'object', properties: { host: { type: 'string' }, port: { type: 'integer' } } },
    labels: { type: 'object' },
    list: { type: 'array' },
  },
}
const imported = (text: string) => importValues('values.yaml', text, schema)

describe('a values file', () => {
  it('is taken as far as the profile has its settings; the rest is named', () => {
    expect(
      imported(
        'region: west\ncontrolPlane: { host: cp, password: planted }\nlist: [1]\nlabels: { a: b }\ntoken: planted',
      ),
    ).toEqual({
      settings: { region: 'west', controlPlane: { host: 'cp' }, list: [1], labels: { a: 'b' } },
      taken: ['region', 'controlPlane.host', 'list', 'labels'],
      unknown: ['controlPlane.password', 'token'],
    })
  })

  it('of the terminal has its settings under "settings"; overrides are not taken', () => {
    expect(imported('settings: { region: west }\noverrides: { agent: { password: planted } }')).toEqual({
      settings: { region: 'west' },
      taken: ['region'],
      unknown: ['overrides'],
    })
  })

  it('is also JSON', () => expect(imported('{"region":"west"}').taken).toEqual(['region']))

  it.each([
    ['a broken line, by its number', 'region: west\nb: c: planted', /values\.yaml, line 2/],
    ['a list', '- planted', /expected settings with their values/],
    ['nothing', '', /expected settings with their values/],
    ['an alias to nothing', 'region: *planted', /.*/],
  ])('%s is refused without a word of its content', (_what, text, message) => {
    let refused: unknown
    try {
      imported(text)
    } catch (error) {
      refused = error
    }
    expect(refused).toMatchObject({ code: 'FILE_INVALID', message: expect.stringMatching(message) })
    expect(String(refused)).not.toContain('planted')
  })

  it('cannot reach what an object inherits', () => {
    expect(imported('{"constructor": 1, "__proto__": {"a": 1}, "toString": 2}').settings).toEqual({})
  })
})

describe('the facts of certificates', () => {
  it('of a text without one are none', () => {
    expect(certificateFacts('-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----')).toEqual([])
    expect(certificateFacts('-----BEGIN CERTIFICATE-----\nplanted\n-----END CERTIFICATE-----')).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { substituteValue } from '../../lib/rules/substitution.ts'
import { inferSettings, type ReleaseValues } from './infer-settings.ts'

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

describe('settings from the values of a release', () => {
  it.each<[string, ReleaseValues[], object]>([
    [
      'a whole reference, of any type',
      [{ template: { a: '${x.y}' }, actual: { a: { z: 1 } } }],
      { x: { y: { z: 1 } } },
    ],
    [
      'references within a text',
      [{ template: { url: 'https://${cp.host}:${cp.port}/v1' }, actual: { url: 'https://cp.example:8443/v1' } }],
      { cp: { host: 'cp.example', port: 8443 } },
    ],
    ['values in lists', [{ template: { l: ['a', '${b}'] }, actual: { l: ['a', 'c'] } }], { b: 'c' }],
    ['nothing of other values', [{ template: { a: 'fixed' }, actual: { a: 'x', password: 's3cret' } }], {}],
    ['no contradiction', [{ template: { a: '${x}', b: '${x}' }, actual: { a: '1', b: '2' } }], {}],
    ['no text that splits in several ways', [{ template: { a: '${x}${y}' }, actual: { a: 'abc' } }], {}],
    ['no text of another form', [{ template: { a: 'https://${x}/v1' }, actual: { a: 'http://h/v1' } }], {}],
    ['nothing that is empty or absent', [{ template: { a: '${x}', b: '${y}' }, actual: { a: '' } }], {}],
    [
      'no secret, by its name or by that of what it has inside',
      [
        {
          template: { a: '${agent.token}', b: '${broker}', c: '${registry.secretName}', d: '${flag.secret}' },
          actual: { a: 'c4nary', b: { host: 'h', password: 'c4nary' }, c: 'pull', d: true },
        },
      ],
      { registry: { secretName: 'pull' }, flag: { secret: true } },
    ],
    [
      'no private key under any name',
      [{ template: { a: '${pem}' }, actual: { a: '-----BEGIN EC PRIVATE KEY-----\nMHcC\n' } }],
      {},
    ],
    ['no text that is larger than a setting', [{ template: { a: '${x}' }, actual: { a: 'a'.repeat(300_000) } }], {}],
    [
      'no value of more parts than a form can show',
      [{ template: { a: '${x}', b: '${y}' }, actual: { a: Array(20_000).fill(0), b: 1 } }],
      { y: 1 },
    ],
    ['no value of more levels', [{ template: { a: '${x}' }, actual: { a: JSON.parse(nested(90)) } }], {}],
    ['no name of a prototype', [{ template: { a: '${__proto__.x}' }, actual: { a: '1' } }], {}],
  ])('has %s', (_what, values, expected) => {
    expect(inferSettings(values)).toEqual(expected)
  })

  it('is the inverse of putting settings in', () => {
    const settings = { cp: { host: 'cp.example', port: 443 }, region: 'westeurope' }
    const template = { env: { HOST: '${cp.host}', URL: 'wss://${cp.host}:${cp.port}/agent' }, region: '${region}' }
    const actual = substituteValue(template, settings)
    expect(inferSettings([{ template, actual: actual as typeof template }])).toEqual(settings)
  })
})

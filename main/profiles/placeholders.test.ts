import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroken, type Json, referencesOf, substitute } from './placeholders.ts'

const settings = { host: 'h.test', port: 8443, none: '', on: true, deep: { er: 'x', list: [1, 2] }, zero: 0 }

describe('substitute', () => {
  it.each<[Json, Json]>([
    ['${host}', 'h.test'],
    ['${port}', 8443],
    ['${on}', true],
    ['${zero}', 0],
    ['${deep.list}', [1, 2]],
    ['https://${host}:${port}/', 'https://h.test:8443/'],
    ['a${zero}', 'a0'],
    // Half a host is none, but a path may lack a part.
    ['${none}', ''],
    ['${gone}', ''],
    ['${gone.deeper}', ''],
    ['api.${none}', ''],
    ['oci://${gone}:${port}/charts', ''],
    ['/ws?plane=${none}', '/ws?plane='],
    ['x${deep}', ''],
    ['$${host} costs $5', '${host} costs $5'],
    ['no reference', 'no reference'],
    [
      { a: ['${host}', 1, null], b: { c: '${port}' } },
      { a: ['h.test', 1, null], b: { c: 8443 } },
    ],
    ['${constructor}', ''],
    ['${__proto__.x}', ''],
  ])('%j becomes %j', (value, filled) => expect(substitute(value, settings)).toEqual(filled))

  it('leaves what refers to nothing as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        if (text.includes('$')) return
        expect(substitute(JSON.parse(text), settings)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('puts a setting in once: what a setting itself holds is not looked at again', () => {
    expect(substitute('${a}-${b}', { a: '${b}', b: 'x' })).toBe('${b}-x')
  })
})

describe('referencesOf', () => {
  it('finds them in order, and no escaped one', () => {
    expect(referencesOf('${a.b} $${no} ${c-d}')).toEqual(['a.b', 'c-d'])
  })

  it.each([
    ['${open', true],
    ['${}', true],
    ['${a b}', true],
    ['$${a b}', false],
    ['${a.b}', false],
    ['$5', false],
  ])('%s is broken: %s', (text, broken) => expect(isBroken(text)).toBe(broken))
})

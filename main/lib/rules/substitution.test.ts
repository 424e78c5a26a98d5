import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasMalformedReference, type Json, referencesOf, substituteText, substituteValue } from './substitution.ts'

const settings = {
  host: 'h.test',
  port: 8443,
  none: '',
  blank: ' ',
  on: true,
  zero: 0,
  deep: { er: 'x', list: [1, 2] },
}

describe('substitution in a value', () => {
  it.each<[Json, Json]>([
    ['${host}', 'h.test'],
    ['${port}', 8443],
    ['${on}', true],
    ['${zero}', 0],
    ['${deep.list}', [1, 2]],
    ['https://${host}:${port}/', 'https://h.test:8443/'],
    ['a${zero}', 'a0'],
    // A partial host name is useless, but a path may lack a part.
    ['${none}', ''],
    ['${absent}', ''],
    ['${absent.deeper}', ''],
    ['api.${none}', ''],
    ['api.${blank}', ''],
    ['oci://${absent}:${port}/charts', ''],
    ['/ws?plane=${none}', '/ws?plane='],
    ['x${deep}', ''],
    ['$${host} costs $5', '${host} costs $5'],
    [' a ${host} ', ' a h.test '],
    ['no reference', 'no reference'],
    [
      { a: ['${host}', 1, null], b: { c: '${port}' } },
      { a: ['h.test', 1, null], b: { c: 8443 } },
    ],
    ['${constructor}', ''],
    ['${__proto__.x}', ''],
  ])('substitutes %j to %j', (value, expected) => expect(substituteValue(value, settings)).toEqual(expected))

  it('does not change a value without references', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        if (text.includes('$')) return
        expect(substituteValue(JSON.parse(text), settings)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('does not substitute references in the settings themselves', () => {
    expect(substituteValue('${a}-${b}', { a: '${b}', b: 'x' })).toBe('${b}-x')
  })
})

describe('substitution in a text', () => {
  it.each([
    ['${host}', 'h.test', []],
    ['${port}', '8443', []],
    ['${on}', 'true', []],
    ['${zero}', '0', []],
    [' ${host} ', 'h.test', []],
    ['api.${none}', 'api.', ['none']],
    ['${blank}', '', ['blank']],
    ['${absent.deeper}', '', ['absent.deeper']],
    ['${deep}:${port}', ':8443', ['deep']],
    ['${absent}${none}', '', ['absent', 'none']],
    ['$${host}', '${host}', []],
    ['${constructor}', '', ['constructor']],
    ['', '', []],
  ])('substitutes %j to %j, with %j missing', (text, expected, missing) => {
    expect(substituteText(text, settings)).toEqual({ text: expected, missing })
  })
})

describe('the references of a text', () => {
  it('are listed in order, without escaped ones', () => {
    expect(referencesOf('${a.b} $${no} ${c-d}')).toEqual(['a.b', 'c-d'])
  })

  it.each([
    ['${open', true],
    ['${}', true],
    ['${a b}', true],
    ['$${a b}', false],
    ['${a.b}', false],
    ['$5', false],
  ])('%s is malformed: %s', (text, expected) => expect(hasMalformedReference(text)).toBe(expected))
})

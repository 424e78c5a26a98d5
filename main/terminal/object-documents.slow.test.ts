import { describe, expect, it } from 'vitest'
import { objectsIn } from './object-documents.ts'

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`
const json = (name: string) => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"}}`
const names = (text: string) => objectsIn(text).objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
const faults = (text: string) => objectsIn(text).faults.map(({ message }) => message)

describe('the objects of a text', () => {
  it.each([
    ['one document', pod('a'), ['Pod a']],
    ['several documents, also empty ones', `---\n${pod('a')}---\n# nothing\n---\n${pod('b')}---\n`, ['Pod a', 'Pod b']],
    ['a List', `apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Node, metadata: {name: n}}]`, ['Node n']],
    [
      'a typed list, whose items have no kind',
      '{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"a"}}]}',
      ['Pod a'],
    ],
    ['an array', '[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}]', ['Pod a']],
    ['JSON with a byte order mark', '\uFEFF{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}', ['Pod a']],
    ['a flow mapping, which is no JSON', '{apiVersion: v1, kind: Pod, metadata: {name: a}}', ['Pod a']],
    [
      'several JSON values, on lines of their own or not',
      `${json('a')}${json('b')}\n${JSON.stringify(JSON.parse(json('c')), undefined, 2)}\n`,
      ['Pod a', 'Pod b', 'Pod c'],
    ],
    ['the events of a watch', `{"type":"ADDED","object":${json('a')}}\n`, ['Pod a']],
    [
      'lists in a list',
      `{"apiVersion":"v1","kind":"List","items":[{"kind":"List","items":[${json('a')}]}]}`,
      ['Pod a'],
    ],
    ['an empty list of Go', '{"apiVersion":"v1","kind":"PodList","items":null}', []],
    ['JSON whose texts have brackets', json('a').replace('"metadata"', '"note":"}\\"]{","metadata"'), ['Pod a']],
    ['nothing', '', []],
    [
      'a kind that ends in List and is none',
      'apiVersion: example.org/v1\nkind: AllowList\nmetadata: {name: a}',
      ['AllowList a'],
    ],
  ] as const)('are those of %s', (_, text, expected) => {
    expect(names(text)).toEqual(expected)
    expect(faults(text)).toEqual([])
  })

  it('without those of a broken document, which is named with its line', () => {
    const text = `${pod('a')}---\nkind: [broken\n---\n${pod('b')}---\nx: 1\nx: 2\n`

    expect(names(text)).toEqual(['Pod a', 'Pod b'])
    expect(faults(text)).toEqual([
      expect.stringMatching(/^document 2, line [67]: this is not valid YAML or JSON/),
      'document 4, line 14: this is not valid YAML or JSON (DUPLICATE_KEY): this key is already in its mapping: keep one of them',
    ])
  })

  it('are those before the end of a text that was cut, which is named', () => {
    expect(names(`${json('a')}\n${json('b').slice(0, -5)}`)).toEqual(['Pod a'])
    expect(objectsIn(`${json('a')}\n${json('b').slice(0, -5)}`).faults).toEqual([
      { message: 'value 2: this is not valid JSON', isUnreadable: true },
    ])
  })

  it.each([
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {}'],
    ['a name that is a number', 'apiVersion: v1\nkind: Pod\nmetadata: {name: 1}'],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}'],
    ['metadata that is a list', 'apiVersion: v1\nkind: Pod\nmetadata: [a]'],
    ['a text', 'hello'],
  ])('without a document with %s', (_, text) => {
    expect(objectsIn(text)).toEqual({
      objects: [],
      faults: [{ message: expect.stringContaining('not a Kubernetes object'), isUnreadable: false }],
    })
  })

  it('have common fields of the right type, whatever the text has', () => {
    const metadata = { name: 'a', namespace: 1, generation: '2', creationTimestamp: {}, deletionTimestamp: true }
    const [object] = objectsIn(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata })).objects

    expect(object?.metadata).toEqual({ name: 'a' })
  })

  it('are none beyond the limits of YAML', () => {
    const levels = `${'a: {'.repeat(101)}${'}'.repeat(101)}`
    const anchors = Array.from({ length: 1_001 }, (_, index) => `a${index}: &a${index} x`).join('\n')
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[index]}`).join()}]`).join('\n')}`

    for (const [text, limit] of [
      [levels, '100 levels'],
      [anchors, '1,000 anchors and aliases'],
      [bomb, 'an alias expands to too much data'],
    ] as const) {
      const { objects, faults } = objectsIn(text)
      expect(objects).toEqual([])
      expect(faults[0]?.message).toContain(limit)
    }
    // Half a million values take seconds, more on a busy machine.
  }, 60_000)

  it.each([
    ['millions of values', `[${'[],'.repeat(12_000_000)}0]`],
    ['millions of texts', `[${'"\\"",'.repeat(20_000_001)}0]`],
    ['thousands of levels', `${'['.repeat(2_000)}${']'.repeat(2_000)}`],
  ])('are none in JSON of %s, which is not parsed', (_, text) => {
    const { objects, faults: found } = objectsIn(text)
    expect(objects).toEqual([])
    expect(found).toEqual([{ message: 'more than 20000000 values, or more than 1000 levels', isUnreadable: true }])
  })

  it('name at most 20 faults, and count the rest', () => {
    const text = Array(30).fill('x: 1').join('\n---\n')

    expect(faults(text)).toHaveLength(21)
    expect(faults(text).at(-1)).toBe('10 more documents')
  })

  it('do not quote the text of a document, which can contain secrets', () => {
    expect(faults('password: "hunter2\n---\ntoken: hunter2').join()).not.toContain('hunter2')
  })
})

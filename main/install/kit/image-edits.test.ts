import { describe, expect, it } from 'vitest'
import { findImageEdits, withEdits } from './image-edits.ts'
import type { KitImage } from './manifest.ts'
import { kitName, parseDestination, referenceIn } from './references.ts'

const digest = `sha256:${'a'.repeat(64)}`
const destination = { registry: 'kits.test:5000', prefix: 'mirror' }
const imageOf = (reference: string): KitImage => ({
  reference,
  repository: kitName(reference)?.repository ?? '',
  tag: kitName(reference)?.tag ?? 'kit',
  digest,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
})
const edited = (values: Parameters<typeof findImageEdits>[0], reference: string) =>
  withEdits(values, findImageEdits(values, [reference]), new Map([[reference, imageOf(reference)]]), destination)

describe('the values that make an image', () => {
  it.each([
    [
      'a whole reference',
      'quay.test/a/b:1',
      { web: { image: 'quay.test/a/b:1' }, other: 'quay.test/a/b:2' },
      { web: { image: `kits.test:5000/mirror/a/b:1@${digest}` }, other: 'quay.test/a/b:2' },
    ],
    [
      'registry and repository in one text, and a tag',
      'quay.test/a/b:1',
      { image: { repository: 'quay.test/a/b', tag: '1' } },
      { image: { repository: 'kits.test:5000/mirror/a/b', tag: `1@${digest}` } },
    ],
    [
      'a tag that the version of the chart gives',
      'quay.test/a/b:v1.2',
      { image: { repository: 'quay.test/a/b', tag: '' } },
      { image: { repository: 'kits.test:5000/mirror/a/b', tag: `v1.2@${digest}` } },
    ],
    [
      'a tag that is a number',
      'quay.test/a/b:17',
      { image: { repository: 'quay.test/a/b', tag: 17 } },
      { image: { repository: 'kits.test:5000/mirror/a/b', tag: `17@${digest}` } },
    ],
    [
      'registry, repository, tag and digest',
      'quay.test/a/b:1',
      { image: { registry: 'quay.test', repository: 'a/b', tag: '1', digest: '' } },
      { image: { registry: 'kits.test:5000', repository: 'mirror/a/b', tag: '1', digest } },
    ],
    [
      'a registry for all images',
      'quay.test/a/b:1',
      { global: { imageRegistry: 'quay.test' }, image: { repository: 'a/b', tag: '1' } },
      { global: { imageRegistry: 'kits.test:5000' }, image: { repository: 'mirror/a/b', tag: `1@${digest}` } },
    ],
    [
      'a short name of Docker Hub',
      'nginx:1',
      { image: { repository: 'nginx', tag: '1' } },
      { image: { repository: 'kits.test:5000/mirror/library/nginx', tag: `1@${digest}` } },
    ],
    [
      'Docker Hub by its name',
      'docker.io/library/nginx:1',
      { image: { registry: 'docker.io', repository: 'library/nginx', tag: '1' } },
      { image: { registry: 'kits.test:5000', repository: 'mirror/library/nginx', tag: `1@${digest}` } },
    ],
    [
      'another tag',
      'quay.test/a/b:1',
      { image: { repository: 'quay.test/a/b', tag: '2' } },
      { image: { repository: 'quay.test/a/b', tag: '2' } },
    ],
    [
      'another repository',
      'quay.test/a/b:1',
      { image: { repository: 'quay.test/a/bb', tag: '1' } },
      { image: { repository: 'quay.test/a/bb', tag: '1' } },
    ],
    ['a list, which helm cannot merge', 'a.test/b:1', { images: ['a.test/b:1'] }, { images: ['a.test/b:1'] }],
  ])('%s', (_what, reference, values, expected) => {
    expect(edited(values, reference)).toEqual(expected)
  })

  it('are searched to a depth', () => {
    const deep = Array.from({ length: 500 }).reduce<object>((inner) => ({ a: inner }), { image: 'a.test/b:1' })

    expect(findImageEdits(deep as Parameters<typeof findImageEdits>[0], ['a.test/b:1'])).toEqual([])
  })
})

describe('an edit', () => {
  it('whose path is a name of the language makes a value of that name', () => {
    const edits = [{ path: ['__proto__', 'image'], image: 'a.test/b:1', part: 'reference' as const }]
    const result = withEdits({}, edits, new Map([['a.test/b:1', imageOf('a.test/b:1')]]), destination)

    expect(Object.hasOwn(result, '__proto__')).toBe(true)
    expect(Reflect.get({}, 'image')).toBeUndefined()
  })
})

describe('the name of an image', () => {
  it.each([
    ['nginx', 'library/nginx', 'latest'],
    ['quay.test:5000/a/b:1.2', 'a/b', '1.2'],
    [`quay.test/a/b:1@${digest}`, 'a/b', '1'],
    [`quay.test/a/b@${digest}`, 'a/b', undefined],
  ])('%s is %s and %s', (reference, repository, tag) => {
    expect(kitName(reference)).toMatchObject({ repository, tag })
  })

  it('in the registry of the kit has its digest', () => {
    expect(referenceIn({ registry: 'k.test', prefix: '' }, imageOf('nginx:1'))).toBe(`k.test/library/nginx:1@${digest}`)
  })
})

describe('a destination', () => {
  it.each([
    ['k.test', { registry: 'k.test', prefix: '' }],
    ['k.test:5000/a/b', { registry: 'k.test:5000', prefix: 'a/b' }],
    ['127.0.0.1:5000/', { registry: '127.0.0.1:5000', prefix: '' }],
    ['[::1]:5000', { registry: '[::1]:5000', prefix: '' }],
    ['https://k.test', undefined],
    ['k.test/A', undefined],
    ['user@k.test', undefined],
    ['k.test/../a', undefined],
    ['', undefined],
  ])('%j is %j', (text, expected) => {
    expect(parseDestination(text)).toEqual(expected)
  })
})

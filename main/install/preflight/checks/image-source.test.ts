import { describe, expect, it } from 'vitest'
import { compareSources } from './image-source.ts'

const pinned = `@sha256:${'a'.repeat(64)}`

describe('the registry of the images', () => {
  it.each([
    [undefined, ['a.test/b:1'], 'skipped', 'names no registry'],
    ['k.test/kits', [`k.test/kits/b:1${pinned}`], 'pass', 'All 1 images come from k.test/kits'],
    ['k.test/kits', [`k.test/kits/b:1${pinned}`, 'a.test/b:1'], 'fail', 'a.test/b:1'],
    ['k.test/kits', [`k.test/kits-of-others/b:1${pinned}`], 'fail', 'k.test/kits-of-others/b:1'],
    ['k.test', [`k.test.evil/b:1${pinned}`], 'fail', 'k.test.evil/b:1'],
    ['k.test', ['k.test/b:1'], 'fail', 'Images without a digest: k.test/b:1'],
  ])('%s and %j: %s', (registry, images, verdict, message) => {
    expect(compareSources(registry, images)).toMatchObject({ verdict, message: expect.stringContaining(message) })
  })
})

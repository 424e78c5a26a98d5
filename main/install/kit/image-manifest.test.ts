import { describe, expect, it } from 'vitest'
import { childrenOf, choosePlatforms } from './image-manifest.ts'

const indexType = 'application/vnd.oci.image.index.v1+json'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`

const platform = (digit: string, os: string, architecture: string, variant?: string) => ({
  mediaType: manifestType,
  digest: digest(digit),
  size: 1,
  platform: { os, architecture, ...(variant !== undefined && { variant }) },
})
const [amd64, arm64, armV7, attestation] = [
  platform('1', 'linux', 'amd64'),
  platform('2', 'linux', 'arm64', 'v8'),
  platform('3', 'linux', 'arm', 'v7'),
  platform('4', 'unknown', 'unknown'),
]
const index = Buffer.from(
  JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [amd64, arm64, armV7, attestation] }),
)

describe('the platforms of an index', () => {
  it.each([
    [[], { kind: 'whole' }],
    [['linux/amd64', 'linux/arm64', 'linux/arm', 'unknown/unknown'], { kind: 'whole' }],
    [['linux/amd64'], { kind: 'one', manifest: amd64 }],
    [['linux/arm64'], { kind: 'one', manifest: arm64 }],
    [['linux/arm/v7'], { kind: 'one', manifest: armV7 }],
  ])('%j are %j', (platforms, expected) => {
    expect(choosePlatforms('a:1', index, platforms)).toEqual(expected)
  })

  it('of which some are chosen are a new index, the same each time', () => {
    const choice = choosePlatforms('a:1', index, ['linux/arm64', 'linux/amd64'])

    expect(choice).toEqual(choosePlatforms('a:1', index, ['linux/amd64', 'linux/arm64']))
    expect(choice).toMatchObject({ kind: 'some', manifests: [amd64, arm64] })
    expect(choice.kind === 'some' && JSON.parse(choice.index.toString())).toEqual({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [amd64, arm64],
    })
  })

  it('do not contain one that the image lacks, which is said with those that it has', () => {
    expect(() => choosePlatforms('a:1', index, ['linux/s390x'])).toThrow(
      'a:1 has no platform linux/s390x; it has linux/amd64, linux/arm64/v8, linux/arm/v7.',
    )
  })
})

describe('what a manifest refers to', () => {
  const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('5'), size: 2 }
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('6'), size: 3 }
  const manifest = (value: object): Buffer => Buffer.from(JSON.stringify({ schemaVersion: 2, ...value }))

  it('are its configuration and layers, and the manifests of an index', () => {
    expect(childrenOf('a', manifestType, manifest({ config, layers: [layer] }))).toEqual([config, layer])
    expect(childrenOf('a', indexType, index)).toHaveLength(4)
  })

  it.each([
    [
      'of schema 1',
      'application/vnd.docker.distribution.manifest.v1+json',
      manifest({}),
      'of a type that kits do not carry',
    ],
    ['that is text', manifestType, Buffer.from('<html>'), 'is not JSON'],
    ['that is deep', manifestType, Buffer.from('['.repeat(100)), 'too many values'],
    ['without a configuration', manifestType, manifest({ layers: [] }), 'is not valid: config'],
    [
      'with another digest',
      manifestType,
      manifest({ config: { ...config, digest: 'md5:1' }, layers: [] }),
      'a SHA-256 digest',
    ],
    [
      'with a path for a digest',
      manifestType,
      manifest({ config, layers: [{ ...layer, digest: 'sha256:../../etc' }] }),
      'a SHA-256 digest',
    ],
    [
      'of a layer that a kit cannot have',
      manifestType,
      manifest({ config, layers: [{ ...layer, size: 8 * 1_073_741_824 }] }),
      'layers.0.size',
    ],
  ])('%s is refused', (_what, mediaType, content, message) => {
    expect(() => childrenOf('a', mediaType, content)).toThrow(
      expect.objectContaining({ code: 'REGISTRY_REFUSED', message: expect.stringContaining(message) }),
    )
  })
})

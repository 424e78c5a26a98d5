import { expect, it } from 'vitest'
import { sha256 } from '../digest.ts'
import { collectImages } from './collect-images.ts'
import type { RegistryClient } from './registry-client.ts'

const indexType = 'application/vnd.oci.image.index.v1+json'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const digestOf = (content: Buffer): string => `sha256:${sha256(content)}`
const descriptor = (content: Buffer, mediaType: string) => ({
  mediaType,
  digest: digestOf(content),
  size: content.length,
})

/** A registry that has these, the first of which is what every tag names. */
function registryOf(contents: readonly (readonly [mediaType: string, content: Buffer])[]) {
  let requests = 0
  const found = new Map(contents.map(([mediaType, content]) => [digestOf(content), { mediaType, content }]))
  const manifest = async (_at: unknown, reference: string) => {
    requests += 1
    const [mediaType, content] = contents[0] ?? ['', Buffer.alloc(0)]
    const named = found.get(reference) ?? { mediaType, content }
    return { ...named, digest: digestOf(named.content) }
  }
  return { client: { manifest } as unknown as RegistryClient, requests: () => requests } // collecting reads manifests only
}

const leaf = (index: number): Buffer => {
  const config = descriptor(Buffer.from(`config ${index}`), 'application/vnd.oci.image.config.v1+json')
  return Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [] }))
}
const indexOf = (manifests: readonly object[]): Buffer => Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))
const collect = (client: RegistryClient) =>
  collectImages(client, ['registry.example.com/a:1'], [], AbortSignal.timeout(20_000))

it('an index that names the same manifests a million times is read once for each', async () => {
  const inner = indexOf(Array.from({ length: 1_000 }, () => descriptor(leaf(0), manifestType)))
  const outer = indexOf(Array.from({ length: 1_000 }, () => descriptor(inner, indexType)))
  const { client, requests } = registryOf([
    [indexType, outer],
    [indexType, inner],
    [manifestType, leaf(0)],
  ])
  const [image] = await collect(client)

  expect([requests(), image?.manifests.size, image?.blobs.length]).toEqual([3, 3, 1])
})

it('an index of more manifests than an image has is refused', async () => {
  const leaves = Array.from({ length: 900 }, (_, index) => leaf(index))
  const inner = [leaves.slice(0, 450), leaves.slice(450)].map((some) =>
    indexOf(some.map((each) => descriptor(each, manifestType))),
  )
  const outer = indexOf(inner.map((each) => descriptor(each, indexType)))
  const contents = [outer, ...inner].map((each) => [indexType, each] as const)
  const { client, requests } = registryOf([...contents, ...leaves.map((each) => [manifestType, each] as const)])

  await expect(collect(client)).rejects.toMatchObject({
    code: 'REGISTRY_REFUSED',
    message: expect.stringContaining('more than 500 manifests'),
  })
  expect(requests()).toBeLessThan(600)
})

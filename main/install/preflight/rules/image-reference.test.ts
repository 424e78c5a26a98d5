import { expect, it } from 'vitest'
import { isOnNode, parseImage, presentImages } from './image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`
it.each([
  ['nginx', 'registry-1.docker.io', 'library/nginx', 'latest'],
  ['nginx:1.27', 'registry-1.docker.io', 'library/nginx', '1.27'],
  ['grafana/loki:3', 'registry-1.docker.io', 'grafana/loki', '3'],
  ['docker.io/library/nginx:1', 'registry-1.docker.io', 'library/nginx', '1'],
  ['quay.io/cilium/cilium:v1.18.2', 'quay.io', 'cilium/cilium', 'v1.18.2'],
  ['registry.test:5000/a/b', 'registry.test:5000', 'a/b', 'latest'],
  ['localhost/a', 'localhost', 'a', 'latest'],
  [`quay.io/a/b:v1@${digest}`, 'quay.io', 'a/b', digest],
  [`quay.io/a/b@${digest}`, 'quay.io', 'a/b', digest],
])('%s', (image, registry, repository, version) => {
  expect(parseImage(image)).toEqual({ image, registry, repository, version })
})

it.each(['', 'UPPER/case', 'a b', '{{ .Values.image }}', 'quay.io/'])('"%s" is no reference', (image) => {
  expect(parseImage(image)).toBeUndefined()
})

it('is present if every node lists it', () => {
  const node = (...names: string[]) => ({ status: { images: [{ names }] } })
  const images = ['nginx:1', `quay.io/a/b@${digest}`]
  const [docker, quay] = ['docker.io/library/nginx:1', `quay.io/a/b@${digest}`]
  expect([...presentImages(images, [node(docker, quay), node(docker)])]).toEqual(['nginx:1'])
  expect([...presentImages(images, [])]).toEqual([])
})

it.each([
  ['localhost:5000/a', true],
  ['127.0.0.1:5000/a', true],
  ['registry.test/a', false],
])('%s is on the node: %s', (image, expected) => {
  expect(isOnNode(parseImage(image) ?? expect.fail())).toBe(expected)
})

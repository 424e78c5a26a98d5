import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { operatorImages } from './operator-images.ts'

const custom = (spec: string) => ({ apiVersion: 'a.example.com/v1', kind: 'A', spec: parse(spec) })
const pod = (container: string) => ({ spec: { containers: [parse(container)] } })

it.each<[string, string, string[]]>([
  [
    'an image (Prometheus, OpenTelemetryCollector)',
    'image: quay.test/prometheus/prometheus:v3',
    ['quay.test/prometheus/prometheus:v3'],
  ],
  ['an image name (CloudNativePG)', 'imageName: ghcr.test/cnpg/postgresql:17.2', ['ghcr.test/cnpg/postgresql:17.2']],
  ['an image of a part', 'kafka: {image: quay.test/strimzi/kafka:1}', ['quay.test/strimzi/kafka:1']],
  ['an image in parts', 'kube: {image: {registry: cr.test, repository: a/b, tag: v1}}', ['cr.test/a/b:v1']],
  [
    'an image by digest',
    `image: {repository: cr.test/a, digest: "sha256:${'a'.repeat(64)}"}`,
    [`cr.test/a@sha256:${'a'.repeat(64)}`],
  ],
  [
    'containers of a pod template (Argo Rollouts)',
    'template: {spec: {containers: [{name: a, image: "cr.test/a:1"}]}}',
    ['cr.test/a:1'],
  ],
  ['the same image twice', 'a: {image: "cr.test/a:1"}\nb: {image: "cr.test/a:1"}', ['cr.test/a:1']],
  ['a tag that is a number', 'image: {repository: cr.test/a, tag: 17}', ['cr.test/a:17']],
  ['a picture by its URL', 'image: "https://www.example.com/logo.png:1"', []],
  ['a name without tag', 'image: ubuntu-24', []],
  ['a map without repository', 'image: {pullPolicy: Always, tag: v1}', []],
  ['no image at all', 'size: 1', []],
])('of a custom resource with %s', (_what, spec, expected) => {
  expect(operatorImages([custom(spec)], [])).toEqual(expected)
})

it.each<[string, string, string[]]>([
  [
    'cert-manager’s solver',
    'args: ["--acme-http01-solver-image=quay.test/jetstack/solver:v1"]',
    ['quay.test/jetstack/solver:v1'],
  ],
  [
    'Prometheus operator’s reloader',
    'args: ["--prometheus-config-reloader=quay.test/p/reloader:v1"]',
    ['quay.test/p/reloader:v1'],
  ],
  ['a variable for offline use', 'env: [{name: RELATED_IMAGE_A, value: "quay.test/a:1"}]', ['quay.test/a:1']],
  ['a base image without tag', 'args: ["--prometheus-default-base-image=quay.test/p/prometheus"]', []],
  ['another option', 'args: ["--image-pull-policy=IfNotPresent", "--image-size=1:2"]', []],
  ['another variable', 'env: [{name: PAGE, value: "quay.test/a:1"}]', []],
  ['its own image again', 'image: quay.test/a:1\nargs: ["--image=quay.test/a:1"]', []],
])('of an operator with %s', (_what, container, expected) => {
  expect(operatorImages([], [pod(container)])).toEqual(expected)
})

it('objects of Kubernetes have no images beside their pods', () => {
  const object = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', spec: { image: 'a.test/b:1' } }
  expect(operatorImages([object, { ...object, apiVersion: 'v1' }], [])).toEqual([])
})

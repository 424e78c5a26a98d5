import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { KubernetesObject } from '../health/object.ts'
import { maskedYaml } from './masked-yaml.ts'

const object = (kind: string, more: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x' },
  ...more,
})
const podOf = (container: object) => object('Pod', { spec: { containers: [{ name: 'main', ...container }] } })
const containerOf = (shown: KubernetesObject) => parse(maskedYaml(shown).yaml).spec.containers[0]

describe('an object as YAML', () => {
  it.each<[string, KubernetesObject, readonly string[], number]>([
    ['data of a Secret', object('Secret', { data: { a: 'aHVudGVyMg==', b: 'aHVudGVyMg==' } }), ['aHVudGVyMg'], 2],
    ['texts of a Secret', object('Secret', { stringData: { a: 'hunter2' } }), ['hunter2'], 1],
    ['data of a Secret of another shape', object('Secret', { data: ['hunter2'] }), ['hunter2'], 1],
    ['a variable with such a name', podOf({ env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }), ['hunter2'], 1],
    [
      'a token in a variable with another name',
      podOf({ env: [{ name: 'DB', value: 'postgres://app:hunter2@db/orders' }] }),
      ['hunter2'],
      1,
    ],
    ['an option', podOf({ args: ['--api-token=hunter2', '--port=80'] }), ['hunter2'], 1],
    ['the value after an option', podOf({ command: ['run', '--password', 'hunter2'] }), ['hunter2'], 1],
    ['a token in a script', podOf({ command: ['sh', '-c', 'export TOKEN=hunter2; run'] }), ['hunter2'], 1],
    [
      'chart values',
      object('HelmRelease', { spec: { values: { db: { password: 'hunter2', pin: 4_711 }, webhook: 'hunter3' } } }),
      ['hunter2', '4711', 'hunter3'],
      3,
    ],
    [
      'what kubectl applied last',
      object('Pod', {
        metadata: { name: 'x', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"x":"hunter2"}' } },
      }),
      ['hunter2'],
      1,
    ],
    [
      'a private key',
      object('Certificate', { spec: { note: '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----' } }),
      ['hunter2'],
      1,
    ],
  ])('hides %s, and counts it', (_, shown, secrets, count) => {
    const { yaml, hidden } = maskedYaml(shown)
    for (const secret of secrets) expect(yaml).not.toContain(secret)
    expect(yaml).toContain('***')
    expect(hidden).toBe(count)
  })

  it.each<[string, object]>([
    [
      'references to secrets',
      { env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
    ],
    [
      'options that name files',
      { args: ['--token-file=/var/run/token', '--tls-private-key=/tls/key', '--auth-token=true'] },
    ],
    ['ordinary variables', { env: [{ name: 'HOST', value: 'db.internal:5432' }] }],
    [
      'keys of mounted files',
      { volumes: [{ secret: { secretName: 'tls', items: [{ key: 'tls.crt', path: 'tls.crt' }] } }] },
    ],
    [
      'empty secrets, flags and numbers',
      { env: [{ name: 'TOKEN', value: '' }], automountServiceAccountToken: true, tokenSeconds: 60 },
    ],
  ])('shows %s', (_, container) => {
    const shown = podOf(container)
    expect(containerOf(shown)).toEqual({ name: 'main', ...container })
    expect(maskedYaml(shown).hidden).toBe(0)
  })

  it('has no managedFields, keeps other annotations, and folds no line', () => {
    const annotations = { 'helm.sh/hook': 'post-install', note: 'word '.repeat(60).trim() }
    const { yaml, cut } = maskedYaml(
      object('Pod', { metadata: { name: 'x', annotations, managedFields: [{ manager: 'm' }] } }),
    )
    expect(yaml).not.toContain('manager')
    expect(parse(yaml).metadata.annotations).toEqual(annotations)
    expect(yaml.split('\n').find((line) => line.includes('note:'))).toContain(annotations.note)
    expect(cut).toBe(false)
  })

  it.each<[string, unknown]>([
    ['too long', Array.from({ length: 3_900 }, () => 'a value that is of some length '.repeat(4))],
    ['of too many values', Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`n${at}`, { v: 'x' }]))],
    ['too deep', JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)],
    ['one long text', 'password=hunter2 '.repeat(60_000)],
  ])('is cut where it is %s', (_, spec) => {
    const { yaml, cut } = maskedYaml(object('Widget', { spec }))
    expect(cut).toBe(true)
    expect(yaml.length).toBeLessThanOrEqual(262_144)
    expect(yaml).not.toContain('hunter2')
    expect(() => parse(yaml, { uniqueKeys: false })).not.toThrow()
  })
})

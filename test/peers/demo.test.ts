import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Profile } from '../../preload/contract/profiles.ts'
import { demoCredentials, demoValues } from './demo.ts'
import { type Peers, startPeers } from './peers.ts'

const file = join(import.meta.dirname, '..', '..', 'assets', 'profiles', 'demo', 'profile.yaml')
const text = readFileSync(file, 'utf8')
const profile = Profile.parse(parse(text))

let folder: string
let peers: Peers
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'))
  peers = await startPeers({ address: '127.0.0.1', folder, programs: 'small' }, new AbortController().signal)
})
afterAll(async () => {
  await peers?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Rows of the specification's table: component, direction, destination, protocol. */
const table = [
  ['agent', 'outbound', 'external', 'wss'],
  ['agent', 'outbound', 'cluster', 'kubernetes'],
  ['local-adaptor', 'outbound', 'external', 'grpc'],
  ['local-adaptor', 'outbound', 'external', 'amqp1'],
  ['enforcer', 'outbound', 'external', 'amqp091'],
  ['secret-resolver', 'outbound', 'vpc', 'vault'],
  ['registry', 'inbound', 'external', 'oci'],
  ['registry', 'outbound', 'vpc', 'oci'],
  ['certificate-manager', 'outbound', 'external', 'arm'],
  ['certificate-manager', 'outbound', 'external', 'acme'],
  ['flux-source', 'outbound', 'external', 'git'],
  ['flux', 'outbound', 'external', 'oci'],
]

describe('the demo profile', () => {
  it('has every row of the connectivity table, in its order', () => {
    const rows = profile.endpoints.map(({ component, direction, scope, protocol }) => [
      component,
      direction,
      scope,
      protocol,
    ])

    expect(rows.slice(0, table.length)).toEqual(table)
  })

  it('forbids inspection of WebSocket and AMQP connections, and of those with a client certificate', () => {
    const personal = profile.endpoints.filter(
      ({ protocol, clientProfile }) =>
        clientProfile.clientCertificate !== undefined || protocol.startsWith('amqp') || protocol === 'wss',
    )

    expect(personal).toHaveLength(4)
    expect(personal.map(({ inspection }) => inspection)).toEqual(personal.map(() => 'never'))
  })

  it('refers only to existing components, credentials and settings', () => {
    const components = new Set(profile.components.map(({ id }) => id))
    const named = [...profile.endpoints, ...profile.logSources].map(({ component }) => component)
    expect(
      [...named, ...profile.releases.flatMap((release) => release.components)].filter((id) => !components.has(id)),
    ).toEqual([])

    const credentials = profile.credentials.map(({ id }) => id)
    expect(
      profile.endpoints
        .flatMap(({ clientProfile }) => clientProfile.clientCertificate ?? [])
        .filter((id) => !credentials.includes(id)),
    ).toEqual([])

    const settings: unknown = demoValues(peers).settings
    const find = (path: string) =>
      path.split('.').reduce<unknown>((value, key) => Reflect.get(Object(value), key), settings)
    const references = [...text.matchAll(/\$\{([\w.-]+)\}/g)].map(([, path = '']) => path)
    expect(references.length).toBeGreaterThan(20)
    expect(references.filter((path) => find(path) === undefined)).toEqual([])
  })

  it('accepts the values of the servers, and reports a missing one', () => {
    const { settings } = demoValues(peers, { resolver: '10.88.0.2:53' })
    const { planeId: _, ...nameless } = settings
    const validator = new Validator(Object(profile.settings), '2020-12')

    expect(validator.validate(settings)).toMatchObject({ valid: true })
    expect(validator.validate(nameless).valid).toBe(false)
    expect(validator.validate({ ...settings, acme: { host: 'acme.test', port: '443' } }).valid).toBe(false)
  })

  it('has a value for each key of each credential', () => {
    const wanted = profile.credentials.flatMap(({ id, keys }) => keys.map(({ key }) => `${id} ${key}`))

    expect(demoCredentials(peers).map(({ credential, key }) => `${credential} ${key}`)).toEqual(wanted)
    expect(demoCredentials(peers).filter(({ value }) => value.length < 5)).toEqual([])
  })

  it('has tasks for each management model', () => {
    expect(profile.managementModels).toHaveLength(3)
    for (const { tasks } of profile.managementModels)
      expect(tasks.every(({ responsible, accountable }) => responsible && accountable)).toBe(true)
  })
})

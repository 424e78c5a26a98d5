import { describe, expect, it } from 'vitest'
import { Endpoint } from '../../../preload/contract/profiles.ts'
import { planRow } from './rows.ts'

const material = { trust: { kind: 'found', trust: { kind: 'system' } }, clientCertificate: undefined } as const

describe('the vantages that check an endpoint', () => {
  it.each([
    // scope, host, and whether it is checked from computer, pod, node and component
    ['external', 'remote.test', [true, true, true, true]],
    ['vpc', 'vault.test', [false, true, true, true]],
    ['cluster', 'gateway.plane.svc', [false, true, false, true]],
    // A node reaches Services by address, but cannot resolve their names.
    ['cluster', '10.96.0.1', [false, true, true, true]],
    ['cluster', '[fd00::1]', [false, true, true, true]],
  ] as const)('%s, %s', (scope, host, expected) => {
    const endpoint = Endpoint.parse({ id: 'row', component: 'agent', protocol: 'https', host, scope })
    const checked = (['computer', 'pod', 'node', 'component'] as const).map(
      (from) => planRow(endpoint, {}, material, from).kind === 'probe',
    )
    expect(checked).toEqual(expected)
  })

  it('are none for an inbound endpoint', () => {
    const endpoint = Endpoint.parse({
      id: 'row',
      component: 'agent',
      protocol: 'oci',
      host: 'x.test',
      direction: 'inbound',
    })
    for (const from of ['computer', 'pod', 'node', 'component'] as const)
      expect(planRow(endpoint, {}, material, from)).toMatchObject({
        kind: 'skip',
        why: expect.stringContaining('inbound'),
      })
  })
})

describe('a locked vault', () => {
  const endpoint = (scope: string) =>
    Endpoint.parse({ id: 'row', component: 'agent', protocol: 'https', host: 'x.test', scope })

  it('makes an endpoint unknown that needs it, and not one that is out of scope', () => {
    const locked = { ...material, locked: true }
    expect(planRow(endpoint('external'), {}, locked)).toMatchObject({ kind: 'unknown', cause: 'vantage.locked' })
    expect(planRow(endpoint('cluster'), {}, locked)).toMatchObject({ kind: 'skip' })
    expect(planRow(endpoint('external'), {}, { ...material, locked: false })).toMatchObject({ kind: 'probe' })
  })
})

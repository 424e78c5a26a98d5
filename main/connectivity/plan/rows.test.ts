import { describe, expect, it } from 'vitest'
import { Endpoint } from '../../../preload/contract/profiles.ts'
import { planRow } from './rows.ts'

const material = { trust: { kind: 'found', trust: { kind: 'system' } }, clientCertificate: undefined } as const

describe('from where a row is asked', () => {
  it.each([
    // scope, host, and for each of computer, pod, node, component whether it is asked
    ['external', 'far.test', [true, true, true, true]],
    ['vpc', 'vault.test', [false, true, true, true]],
    ['cluster', 'gateway.plane.svc', [false, true, false, true]],
    // A node reaches services by address; it does not know their names.
    ['cluster', '10.96.0.1', [false, true, true, true]],
    ['cluster', '[fd00::1]', [false, true, true, true]],
  ] as const)('%s, %s', (scope, host, expected) => {
    const endpoint = Endpoint.parse({ id: 'row', component: 'agent', protocol: 'https', host, scope })
    const asked = (['computer', 'pod', 'node', 'component'] as const).map(
      (from) => planRow(endpoint, {}, material, from).kind === 'probe',
    )
    expect(asked).toEqual(expected)
  })

  it('is nowhere for what others connect to', () => {
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

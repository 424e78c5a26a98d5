import { describe, expect, it } from 'vitest'
import type { EndpointTarget, ProfileChange } from './contract/profile-change.ts'
import { changeLines } from './profile-change-text.ts'

const target: EndpointTarget = {
  host: 'gateway.example',
  port: 443,
  protocol: 'https',
  tls: true,
  path: '',
  serverName: '',
  trust: 'system',
  credential: '',
  clientCertificate: '',
  proxy: 'env',
  companions: [],
}
const change: ProfileChange = {
  planeId: '7b1c1f64-5a3f-4f0b-8d6e-0f4e5a9c2b11',
  plane: 'north',
  profile: 'shared',
  origin: 'own',
  digest: 'd'.repeat(64),
  approved: { digest: 'a'.repeat(64), at: '2026-03-01T12:00:00.000Z' },
  difference: { credentials: [], endpoints: [], releases: [], files: [], settingsSchema: false, fields: [] },
}
const withEndpoints = (endpoints: ProfileChange['difference']['endpoints']): ProfileChange => ({
  ...change,
  difference: { ...change.difference, endpoints },
})

describe('a changed profile in the terminal', () => {
  it('names the fields of an endpoint that changed, old and new', () => {
    const after = { ...target, host: 'attacker.example', credential: 'login', trust: 'file own.pem' }

    const lines = changeLines(withEndpoints([{ id: 'gateway', kind: 'changed', before: target, after }]))

    expect(lines.slice(1, -1)).toEqual([
      'Endpoints:',
      '  ~ gateway: https gateway.example:443',
      '      address: https gateway.example:443 → https attacker.example:443',
      '      trusted roots: roots: system → roots: file own.pem',
      '      credential: no credential → credential login',
    ])
    expect(lines.at(-1)).toBe(`Digest: ${change.digest}`)
  })

  it.each<[string, Partial<ProfileChange>, RegExp]>([
    [
      'that settings move a credential',
      {
        difference: {
          ...change.difference,
          credentials: [{ credential: 'login', before: ['https a.example'], after: ['https b.example'] }],
        },
      },
      /With the settings of the plane "north".*login will be sent to:.*\+ https b\.example/s,
    ],
    ['that only comments changed', {}, /Only comments or the layout/],
    ['that Hangar itself changed the profile', { origin: 'built-in' }, /This version of Hangar has another version/],
    ['that nothing was approved yet', { approved: null }, /You have not approved/],
    [
      'why the profile cannot be read',
      { problem: { code: 'PROFILE_UNKNOWN', message: 'It is gone.', hint: '', evidence: '' } },
      /It is gone\./,
    ],
  ])('says %s', (_what, fields, expected) => {
    expect(changeLines({ ...change, ...fields }).join('\n')).toMatch(expected)
  })

  it('keeps a text of the profile on its line', () => {
    const after = { ...target, host: 'a\nDigest: forged\u2028Approved' }
    const lines = changeLines(withEndpoints([{ id: 'gateway', kind: 'added', before: null, after }]))

    expect(lines.join('\n').match(/^Digest/gm)).toHaveLength(1)
    expect(lines.every((line) => !/[\n\u2028]/.test(line))).toBe(true)
  })
})

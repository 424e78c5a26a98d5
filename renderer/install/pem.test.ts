import { describe, expect, it } from 'vitest'
import { commonName, hasPrivateKey, onlyCertificates, validity } from './pem.ts'

const pem = (label: string, body = 'AAAA') => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`

describe('what is sent of a PEM text to be read', () => {
  it.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'OPENSSH PRIVATE KEY'])(
    'never has a %s',
    (label) => {
      const text = [pem('CERTIFICATE', 'one'), pem(label, 'planted'), pem('CERTIFICATE', 'two')].join(
        '\nnote: planted\n',
      )
      expect(onlyCertificates(text)).toBe([pem('CERTIFICATE', 'one'), pem('CERTIFICATE', 'two')].join('\n'))
      expect([hasPrivateKey(text), hasPrivateKey(pem('CERTIFICATE'))]).toEqual([true, false])
    },
  )

  it('has no key whose end is missing, before or after a certificate', () => {
    const cut = pem('PRIVATE KEY', 'planted').slice(0, -10)
    expect(hasPrivateKey(cut)).toBe(true)
    expect(onlyCertificates(`${cut}\n${pem('CERTIFICATE')}`)).not.toContain('planted')
    expect(onlyCertificates(`-----BEGIN CERTIFICATE-----\n${pem('PRIVATE KEY', 'planted')}`)).not.toContain('planted')
    const inside = pem('CERTIFICATE', pem('PRIVATE KEY', 'planted'))
    expect(onlyCertificates(inside)).toBe('')
  })
})

describe('the validity of a certificate', () => {
  const now = Date.parse('2026-06-01T00:00:00Z')
  it.each([
    ['2026-01-01', '2027-01-01', 'valid'],
    ['2026-01-01', '2026-06-20', 'endsSoon'],
    ['2026-01-01', '2026-06-01', 'ended'],
    ['2026-07-01', '2027-01-01', 'notYet'],
  ])('from %s until %s is "%s"', (notBefore, notAfter, expected) => {
    expect(validity({ notBefore, notAfter }, now)).toBe(expected)
  })
})

it.each([
  ['C=SE, O=Acme, CN=agent.plane', 'agent.plane'],
  ['CN=root', 'root'],
  ['O=Acme', 'O=Acme'],
])('the common name of %s is %s', (subject, name) => expect(commonName(subject)).toBe(name))

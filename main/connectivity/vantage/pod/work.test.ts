import { expect, it } from 'vitest'
import { sampleTarget as target } from '../../probe/sample.ts'
import type { Target } from '../../probe/target.ts'
import { holdsSecret, type Work, withoutSecrets } from './work.ts'

const noProxies = { httpsProxy: '', httpProxy: '', noProxy: '' }
const workOf = (own: Partial<Target>, proxies = noProxies, companion: Partial<Target> = {}): Work => ({
  schemaVersion: 1,
  vantage: { kind: 'pod', name: 'plane' },
  plans: [
    {
      kind: 'probe',
      id: 'a',
      target: { ...target, ...own },
      companions: [{ why: 'downloads', target: { ...target, ...companion } }],
    },
  ],
  context: { resolver: undefined, proxies },
})
const certificate = { certificate: 'CERTIFICATE', key: 'CANARY' }

it.each([
  ['a client key', workOf({ clientCertificate: certificate })],
  ['the client key of a companion', workOf({}, noProxies, { clientCertificate: certificate })],
  ['a credential', workOf({ credential: { token: 'CANARY' } })],
  ['a secret in a path', workOf({ path: '/container?sig=CANARY' })],
  ['a password of HTTPS_PROXY', workOf({}, { ...noProxies, httpsProxy: 'http://user:CANARY@proxy.test:3128' })],
  ['a password of HTTP_PROXY', workOf({}, { ...noProxies, httpProxy: 'user:CANARY@proxy.test:3128' })],
  ['a password with a slash', workOf({}, { ...noProxies, httpsProxy: 'http://user:x/CANARY@proxy.test:3128' })],
])('a work with %s is kept in a Secret, and contains no secret for display', (_what, work) => {
  expect(holdsSecret(work)).toBe(true)
  expect(JSON.stringify(withoutSecrets(work))).not.toContain('CANARY')
  expect(holdsSecret(withoutSecrets(work))).toBe(false)
})

it('a work without secrets is the same for display', () => {
  const work = workOf({ path: '/healthz?verbose=1' }, { ...noProxies, httpsProxy: 'http://proxy.test:3128' })
  expect(holdsSecret(work)).toBe(false)
  expect(withoutSecrets(work)).toEqual(work)
})

import { expect, it } from 'vitest'
import type { CheckEvent, Result } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { Endpoint } from '../../../preload/contract/profiles.ts'
import { planRow } from '../plan/rows.ts'
import type { Prober } from '../probe/probe.ts'
import { checkEndpoints } from './check-endpoints.ts'

const planOf = (id: string, credential?: { readonly token: string }) =>
  planRow(
    Endpoint.parse({ id, component: 'agent', protocol: 'https', host: `${id}.test` }),
    {},
    {
      trust: { kind: 'found', trust: { kind: 'system' } },
      clientCertificate: undefined,
      credential,
    },
  )
const failure = new Error('ended')

it('ends at once the endpoints that use a credential when the vault is locked, and checks the others', async () => {
  const lock = new AbortController()
  const open = Promise.withResolvers<never>()
  const started: string[] = []
  // Rows without a credential end by themselves, after the vault was locked.
  const probe: Prober = async function* (target, signal) {
    started.push(target.host)
    if (target.credential === undefined) return await open.promise
    return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  const plans = [planOf('signed-in', { token: 'x' }), planOf('open')]
  const events = checkEndpoints(
    plans,
    { kind: 'computer', name: 'laptop' },
    probe,
    AbortSignal.timeout(5_000),
    lock.signal,
  )
  const results: Result[] = []
  const reading = (async () => {
    for await (const event of events as AsyncIterable<CheckEvent>)
      if (event.kind === 'result') results.push(event.result)
  })()
  await expect.poll(() => started.length).toBe(2)
  lock.abort(new Problem('VAULT_LOCKED', 'The vault was locked.'))

  await expect
    .poll(() => results)
    .toMatchObject([{ endpoint: 'signed-in', verdict: 'unknown', cause: 'vantage.locked' }])
  // The row without a credential still runs: its own end is what ends the check.
  open.reject(failure)
  await expect(reading).rejects.toBe(failure)
})

import { describe, expect, it } from 'vitest'
import { contract } from './index.ts'
import { Profile } from './profiles.ts'

const { inputSchema } = contract.connectivity.allowList['~orpc']

describe('an input whose cost grows with its parts', () => {
  const proxies = (bypass: string, url = 'http://proxy:3128') => ({
    planeId: crypto.randomUUID(),
    format: 'csv',
    proxies: { url, bypass },
  })

  it.each([
    ['exceptions from the proxy', proxies('.svc,'.repeat(3_000)), true],
    ['too many exceptions, each of which is compared with each row', proxies('a,'.repeat(10_000)), false],
    ['the URL of a proxy without end', proxies('', `http://${'a'.repeat(3_000)}`), false],
  ])('has limits: %s', (_what, input, accepted) => {
    expect(inputSchema?.safeParse(input).success).toBe(accepted)
  })

  it('has at most 5,000 endpoints in a profile', () => {
    const endpoint = { id: 'a', component: 'a', protocol: 'https' }
    const read = Profile.shape.endpoints.safeParse(Array.from({ length: 5_001 }, () => endpoint))

    expect(read.error?.issues.map(({ code }) => code)).toEqual(['too_big'])
  })
})

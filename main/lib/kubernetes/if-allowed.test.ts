import { describe, expect, it } from 'vitest'
import type { Problem } from '../../../preload/contract/problem.ts'
import { failureOfResponse } from './failure.ts'
import { ifAllowed } from './if-allowed.ts'

const refused = (code: number): Problem => failureOfResponse(code, 'application/json', '', 'https://cluster.test')

describe('a request that may not be permitted', () => {
  it('gives the response', async () => {
    expect(await ifAllowed(Promise.resolve('response'))).toBe('response')
  })

  it('gives undefined if the API server forbids it', async () => {
    expect(await ifAllowed(Promise.reject(refused(403)))).toBeUndefined()
  })

  it.each([401, 404, 500])('throws the error of HTTP %i', async (code) => {
    const error = refused(code)
    await expect(ifAllowed(Promise.reject(error))).rejects.toBe(error)
  })
})

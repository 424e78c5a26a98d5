import { describe, expect, it } from 'vitest'
import { possibleSecrets, redactTexts } from './redact-values.ts'

describe('redaction of chart values in errors', () => {
  it('covers longer texts that are not addresses, quantities or numbers', () => {
    const values = {
      token: 'canary-8c1f0e6b2d',
      host: 'api.example.com:443',
      image: 'registry.example.com/a/b:1',
      memory: '512Mi',
      short: 'abc',
    }
    expect(possibleSecrets(values)).toEqual(['canary-8c1f0e6b2d'])
  })

  it('replaces a secret in plain, JSON and base64 form', () => {
    const secret = 'p"ssw\\rd-long'
    const output = `got ${secret}, ${JSON.stringify({ secret })}, ${Buffer.from(secret).toString('base64')}`
    expect(redactTexts(output, [secret])).toBe('got [hidden], {"secret":"[hidden]"}, [hidden]')
  })
})

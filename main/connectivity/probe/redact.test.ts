import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceLimitCharacters } from './limits.ts'
import { evidence, redact } from './redact.ts'

const secret = 'c4n4ryC4N4RYc4n4ry'

describe('redact', () => {
  it.each([
    `Authorization: Bearer ${secret}`,
    `proxy-authorization: Basic ${secret}`,
    `Set-Cookie: session=${secret}; Path=/`,
    `Cookie: a=${secret}`,
    `X-Vault-Token: ${secret}`,
    `Endpoint=sb://ns.servicebus.example/;SharedAccessKeyName=root;SharedAccessKey=${secret}`,
    `SharedAccessSignature sr=x&sig=${secret}&se=1`,
    `https://user:${secret}@proxy.example:3128/`,
    `http://${secret}@proxy.example`,
    `http://user:a@${secret}@proxy.example:3128`,
    `HTTPS_PROXY=user:${secret}@proxy.example:3128`,
    `amqp://admin:${secret}@apim:5672`,
    `https://blob.example/layer?sv=1&sig=${secret}&sp=r`,
    `https://s3.example/x?X-Amz-Signature=${secret}`,
    `{"access_token": "${secret}", "n": 1}`,
    `{"client_secret":"${secret}`,
    `Bearer ${secret}`,
    `ghp_${secret}`,
    `eyJhbGciOiJub25lIn0.eyJ${secret}.${secret}`,
    `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----`,
    `-----BEGIN PRIVATE KEY-----\n${secret}`,
  ])('hides what is secret in %s', (text) => {
    expect(redact(text)).not.toContain(secret)
  })

  it.each([
    'www-authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
    'WWW-Authenticate: Basic realm="GitHub"',
    'Bearer authorization_uri="https://login.windows.net/common", error="invalid_token"',
    'the proxy offers Negotiate, NTLM, Basic',
    'Basic authentication required',
    'certificate: CN=far.example; DNS:far.example; signed by CN=R11, O=Let’s Encrypt, C=US',
    'https://login.example/authorize?client_id=4',
    'https://far.example/a@b',
    'ghcr.io/team/image:1.2@sha256:0b3c12',
    'ask ops@far.example:443',
    '{"initialized":true,"sealed":false}',
  ])('leaves evidence alone: %s', (text) => {
    expect(redact(text)).toBe(text)
  })
})

describe('evidence', () => {
  it('fits, prints, and ends in time, whatever a far end says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_500 }), (text) => {
        const said = evidence(text)
        expect(said.length).toBeLessThanOrEqual(evidenceLimitCharacters)
        expect(said).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
      }),
      { numRuns: process.env.HANGAR_LONG === '1' ? 400 : 10 },
    )
  })

  it('takes no longer for text that is made to be slow', () => {
    const startedAt = performance.now()
    for (const text of [
      'a'.repeat(9_000),
      '://'.repeat(3_000),
      '"token":"'.repeat(1_000),
      'eyJ'.repeat(3_000),
      'Bearer '.repeat(1_300),
      'http://'.repeat(1_300),
    ])
      evidence(text)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })

  it('cuts no secret in two', () => {
    const said = evidence(`${'x'.repeat(evidenceLimitCharacters - 20)} Authorization: Bearer ${secret}${secret}`)
    expect(said).not.toContain('c4n4ry')
  })
})

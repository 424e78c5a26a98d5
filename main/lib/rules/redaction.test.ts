import { describe, expect, it } from 'vitest'
import { redact, redactStrictly, withoutUserInfo } from './redaction.ts'

const secret = 'c4n4ryC4N4RYc4n4ry'

const secrets: readonly string[] = [
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
  `https://hooks.slack.com/services/T0/B1/${secret}`,
  `Post "https://hooks.slack.com/workflows/T0/${secret}": EOF`,
  `https://discord.com/api/webhooks/1234/${secret}`,
  `https://team.webhook.office.com/webhookb2/${secret}/IncomingWebhook/x`,
  `https://chat.googleapis.com/v1/spaces/A/messages?key=${secret}&token=${secret}`,
  `https://events.pagerduty.com/integration/${secret}/enqueue`,
  `https://api.telegram.org/bot123456789:${secret}-abcdef/sendMessage`,
  `https://chat.example.com/hooks/${secret}`,
  `ghp_${secret}`,
  `github_pat_${secret}`,
  `glpat-${secret}`,
  `xoxb-${secret}`,
  `hvs.${secret}`,
  `BEARER ${secret}`,
  `Negotiate ${secret}`,
  `NTLM ${secret}`,
  `Basic ${secret}`,
  `?token%3D${secret}`,
  `eyJhbGciOiJub25lIn0.eyJ${secret}.${secret}`,
  `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\n${secret}`,
]

describe('redact', () => {
  it.each(secrets)('removes the secret from %s', (text) => {
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
    'https://docs.example/webhooks and https://docs.example/guide/hooks?page=2',
    'calling webhook "validate.gateway.example": service not found',
    '{"initialized":true,"sealed":false}',
  ])('keeps evidence: %s', (text) => {
    expect(redact(text)).toBe(text)
  })
})

it('removes a token of a few characters', () => {
  expect(redact('Authorization refused for Bearer ab12')).toBe('Authorization refused for Bearer ***')
})

describe('redactStrictly', () => {
  it.each([
    ...secrets,
    `password: ${secret}`,
    `token = "${secret}"`,
    `api_key: '${secret}'`,
    `ERROR: sign-in failed, secret=${secret}.`,
    'bearer abcdef',
    `unknown output ${'c4n4ry'.repeat(8)}==`,
  ])('removes the secret from %s', (text) => {
    expect(redactStrictly(text)).not.toMatch(/c4n4ry|abcdef/)
  })

  it('removes certificates too', () => {
    expect(redactStrictly('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----')).toBe('***')
  })

  it('keeps ordinary messages', () => {
    const text = 'AADSTS700082: The refresh token has expired due to inactivity. Run: az login'
    expect(redactStrictly(text)).toBe(text)
  })
})

describe('withoutUserInfo', () => {
  it.each([
    ['http://jo:canary@proxy:3128', 'http://proxy:3128'],
    ['http://jo:can@ry@proxy:3128', 'http://proxy:3128'],
    ['http://jo:can/ry@proxy:3128', 'http://proxy:3128'],
    ['jo:canary@proxy:3128', 'proxy:3128'],
    ['proxy:3128', 'proxy:3128'],
    ['socks5://jo@proxy:1080', 'socks5://proxy:1080'],
    ['http://jo:ca nary@pro xy', 'http://pro xy'],
    ['https://api.test/clusters/a@b', 'https://api.test/clusters/a@b'],
  ])('shows %s as %s', (url, shown) => expect(withoutUserInfo(url)).toBe(shown))
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { possibleSecrets, redactTexts } from './redact-values.ts'

describe('possible secrets in chart values', () => {
  it.each([
    ['a long text', { note: 'canary-8c1f0e6b2d' }, ['canary-8c1f0e6b2d']],
    ['a short text with a digit or a sign', { door: 'hun7er', gate: 'p@ss' }, ['hun7er', 'p@ss']],
    ['any text below a name of a secret', { password: 'abc', db: { pwd: 'x' } }, ['abc', 'x']],
    ['a number below a name of a secret', { pin: 1234, replicas: 3 }, ['1234']],
    ['the items of a list of secrets', { tokens: ['ab', 'cd'] }, ['ab', 'cd']],
    [
      'a webhook, whole and without its host',
      { alerts: 'https://hooks.slack.com/services/T0/B1/abc' },
      ['https://hooks.slack.com/services/T0/B1/abc', '/services/T0/B1/abc'],
    ],
    [
      'a URL with a random part',
      { send: 'https://alerts.example/in/6f3c2a9e8f3a4f579b0e0d6c3c1c2f11' },
      ['https://alerts.example/in/6f3c2a9e8f3a4f579b0e0d6c3c1c2f11', '/in/6f3c2a9e8f3a4f579b0e0d6c3c1c2f11'],
    ],
    ['a URL with a query', { send: 'https://a.example/?k=v' }, ['https://a.example/?k=v']],
    ['a URL below a name of a secret', { webhook: 'https://a.example/x' }, ['https://a.example/x']],
  ])('are %s', (_, values, secrets) => {
    expect(possibleSecrets(values)).toEqual(secrets)
  })

  it('are not addresses, images, quantities, numbers, short words and names of objects', () => {
    const values = {
      host: 'api.example.com:443',
      image: 'registry.example.com/a/b:1',
      memory: '512Mi',
      version: 'v1.29',
      kind: 'Always',
      mode: 'http',
      registry: 'https://registry.example.com/team/charts',
      secretName: 'tls',
      replicas: 3,
      enabled: true,
      nothing: null,
      empty: { password: '' },
    }
    expect(possibleSecrets(values)).toEqual([])
  })
})

describe('redaction of chart values in errors', () => {
  it('replaces a secret in plain, JSON, URL and base64 form', () => {
    const secret = 'p"ssw\\rd-long'
    const output = `got ${secret}, ${JSON.stringify({ secret })}, ${encodeURIComponent(secret)}, ${Buffer.from(secret).toString('base64')}`
    expect(redactTexts(output, [secret])).toBe('got [hidden], {"secret":"[hidden]"}, [hidden], [hidden]')
  })

  it('replaces a very short secret only as a whole word', () => {
    expect(redactTexts('password "abc" of abcdef: a+b', ['abc', 'a+b'])).toBe('password "[hidden]" of abcdef: [hidden]')
  })

  it('leaves no rest of a secret that contains another one', () => {
    expect(redactTexts('got secret-secret2', ['secret', 'secret-secret2'])).toBe('got [hidden]')
  })

  it('leaves the text as it is for an empty value', () => {
    expect(redactTexts('unchanged', [''])).toBe('unchanged')
  })

  it('hides the webhook in an error of helm that quotes it', () => {
    const values = { notifications: { url: 'https://hooks.slack.com/services/T0/B1/abc' } }
    const error = 'Error: Post "https://hooks.slack.com/services/T0/B1/abc": POST /services/T0/B1/abc: 404'
    expect(redactTexts(error, possibleSecrets(values))).toBe('Error: Post "[hidden]": POST [hidden]: 404')
  })

  it('leaves no part of secrets that overlap', () => {
    expect(redactTexts('got abcdefghij!', ['abcdef', 'defghij'])).toBe('got [hidden]!')
    expect(redactTexts(`got ${'a'.repeat(100)}!`, ['aaaaaaa', 'aaaaaa'])).toBe('got [hidden]!')
  })

  it('hides exactly what the occurrences of secrets cover', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 })
    const secret = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 })
    fc.assert(
      fc.property(letters, fc.array(secret, { maxLength: 4 }), (text, secrets) => {
        const shown = [...text].map((letter, at) =>
          secrets.some((each) => indexesOf(text, each).some((from) => from <= at && at < from + each.length))
            ? ' '
            : letter,
        )
        const redacted = redactTexts(text, secrets)
        expect(redacted.replaceAll('[hidden]', '').replaceAll(' ', '')).toBe(shown.join('').replaceAll(' ', ''))
      }),
    )
  })

  it('keeps the beginning of a long text, without a secret that is cut there', () => {
    const secret = 'canary-of-a-secret'
    const redacted = redactTexts(`${'x '.repeat(32_763)}${secret}${'y'.repeat(100_000)}`, [secret])
    expect(redacted).toMatch(/^(x )+….?$/)
    expect(redacted.length).toBeGreaterThan(65_000)
  })

  it('of 20,000 secrets in a text of 1 MB takes less than half a second', () => {
    const secrets = Array.from({ length: 20_000 }, (_, index) => `secret-of-row-${index}-${index * 7_919}`)
    const hostile = Array.from({ length: 1_000 }, (_, index) => `${'a'.repeat(index + 6)}X${'a'.repeat(index)}`)
    const text = `${secrets.slice(0, 500).join('\n')}${'a'.repeat(1_000_000)}`
    const before = process.cpuUsage()
    const redacted = redactTexts(text, [...secrets, ...hostile, 'aaaaaa'])
    const { user, system } = process.cpuUsage(before)
    expect(redacted).not.toContain('secret-of-row-')
    expect((user + system) / 1_000).toBeLessThan(500)
  })
})

function indexesOf(text: string, part: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) found.push(at)
  return found
}

import { expect, it } from 'vitest'
import { contentPolicy } from './policy.ts'

it('allows a page its own files and one connect-src, and nothing else', () => {
  const directives = new Map(
    contentPolicy('bm9uY2U=', "'none'")
      .split('; ')
      .map((directive) => [directive.slice(0, directive.indexOf(' ')), directive.slice(directive.indexOf(' ') + 1)]),
  )

  expect(Object.fromEntries(directives)).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self' 'nonce-bm9uY2U='",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'none'",
    'frame-src': "'none'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'object-src': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': 'default',
  })
})

import { describe, expect, it } from 'vitest'
import { commandText } from './command-text.ts'

describe('commandText', () => {
  it('quotes what is not a plain word, so that the ends of arguments can be seen', () => {
    expect(commandText('/usr/bin/aws', ['eks', 'get-token', '--name=a b', '', 'say "x"', 'a\nb'])).toBe(
      '/usr/bin/aws eks get-token "--name=a b" "" "say \\"x\\"" "a⟨U+000A⟩b"',
    )
  })
})

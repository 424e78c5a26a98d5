import { expect, it } from 'vitest'
import { type Strength, strengthOf } from './strength.ts'

it.each<[string, Strength]>([
  ['', 'weak'],
  ['aaaaaaaaaaaaaaaa', 'weak'],
  ['abcdefghijklmnop', 'weak'],
  ['1234567890123456', 'weak'],
  ['password1234', 'weak'],
  ['Hangar-Admin-2026', 'weak'],
  ['abababababababab', 'weak'],
  ['correct horse battery', 'weak'],
  ['correct horse battery staple', 'fair'],
  ['correct horse battery staple tram', 'strong'],
  ['correct correct correct correct correct', 'weak'],
  ['k7#Vq2!mZp9x', 'strong'],
  ['trouble9winter', 'weak'],
  ['kqvmzpxrtwyhdg', 'strong'],
])('"%s" is %s', (passphrase, strength) => {
  expect(strengthOf(passphrase)).toBe(strength)
})

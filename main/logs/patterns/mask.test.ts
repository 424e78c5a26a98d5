import { expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { maskedWords } from './mask.ts'

it.each([
  ['order accepted', 'order accepted'],
  ['Order 17 accepted after 12.5ms', 'Order <*> accepted after <*>'],
  ['order_17 of orders-7d9f8c6b5-ax2kq', 'order_<*> of orders-<*>'],
  ['id=4bf92f3577b34da6a3ce929d0e0e4736, twice', 'id=<*>, twice'],
  ['cart deadbeef-cafe-beef-cafe-deadbeefcafe is empty', 'cart <*> is empty'],
  ['peer 10.0.0.1:8443 and [fe80::1:cafe]:80 left', 'peer <*> and [<*>]:<*> left'],
  ['at 2026-11-22T10:00:05.123+05:30 UTC', 'at <*> UTC'],
  ['0x7ffe12ab at std::vector', '<*> at std::vector'],
  ['user "al \\" ice" can\'t read \'b c\'', "user \"<*>\" can't read '<*>'"],
  ['an open " quote', 'an open " quote'],
  ['  two  spaces', '  two  spaces'],
  ['first line\n\tat second', 'first line'],
  ['', ''],
])('%j has the pattern %j', (message, pattern) => {
  expect(maskedWords(message).join(' ')).toBe(pattern)
})

it('takes time in proportion to the length', () => {
  const cpuMs = startCpuTime()
  for (const part of ['"', "'", "a'", ':', 'a:', 'aaaa', '1-', 'deadbeef-']) maskedWords(part.repeat(1_000))
  expect(cpuMs()).toBeLessThan(500)
})

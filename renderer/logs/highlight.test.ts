import { describe, expect, it } from 'vitest'
import { partsOf, regexFinder, textFinder } from './highlight.ts'
import { searchTerms } from './queryText.ts'

async function marked(query: string, text: string): Promise<string> {
  const terms = searchTerms(query)
  return partsOf(text, [textFinder(terms), await regexFinder(terms)])
    .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
    .join('')
}

describe('matches of a query in a text', () => {
  it.each([
    ['order', 'Order 7 of ORDERS', '[Order] 7 of [ORDER]S'],
    ['order "order 7"', 'order 7', '[order 7]'],
    ['f(x).*', 'a f(x).* b', 'a [f(x).*] b'],
    ['/order \\d+/', 'order 12, order x', '[order 12], order x'],
    ['/ORDER/i der', 'order', '[order]'],
    ['ord /rder 7/', 'order 7', '[order 7]'],
    ['ab cd', 'abcd', '[abcd]'],
    ['/x*/', 'axxb', 'a[xx]b'],
    ['/(/ a', 'a(', '[a]('],
    ['', 'a', 'a'],
    ['level:error', 'error', 'error'],
    ['<b>', 'x <b>y</b>', 'x [<b>]y</b>'],
  ])('%j in %j', async (query, text, expected) => {
    expect(await marked(query, text)).toBe(expected)
  })

  it('are those of each character, as it is', () => {
    const characters = Array.from({ length: 0x17f }, (_, code) => String.fromCharCode(code)).concat('\ud800', '🦉')
    for (const character of characters) {
      const text = `b${character}b`
      const found = textFinder([{ kind: 'text', text: `${character}b` }])(text)
      expect([text, found.length > 0]).toEqual([text, true])
    }
  })

  it('are found in linear time, and the text is the same, in a long line with an expression that explodes elsewhere', async () => {
    const text = 'x'.repeat(200_000)
    const before = process.cpuUsage()
    expect((await marked('/(x+x+)+y/ y', text)).length).toBe(text.length)
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(3_000)
  })
})

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { causeEntry, causes } from '../../main/connectivity/probe/causes.ts'

const here = import.meta.dirname
const judged = join(here, '../../main/connectivity/probe/judge.test.ts')

/** Every "verdict cause" that a test of the connectivity checks compares with. */
async function compared(): Promise<readonly string[]> {
  const files = (await readdir(here)).filter((file) => file.endsWith('.test.ts')).map((file) => join(here, file))
  const texts = await Promise.all([...files, judged].map((file) => readFile(file, 'utf8')))
  return texts.flatMap(
    (text) => text.match(/(?<=')(?:pass|warn|fail|unknown) (?:flaky|[a-z0-9]+\.[a-z0-9-]+)(?=')/g) ?? [],
  )
}

describe('the table of causes', () => {
  it('is met by at least two tests for each cause that a check finds', async () => {
    const all = await compared()
    const seldom = Object.entries(causes)
      .filter(
        ([code, { foundBy, verdict }]) =>
          foundBy === 'check' && all.filter((one) => one === `${verdict} ${code}`).length < 2,
      )
      .map(([code]) => code)
    expect(seldom).toEqual([])
  })

  it('gives each cause the one verdict that tests expect', async () => {
    for (const one of await compared()) {
      const [verdict, code = ''] = one.split(' ')
      expect([code, causeEntry(code)?.verdict]).toEqual([code, verdict])
    }
  })

  it('holds no code that is not its own', () => {
    expect(causeEntry('toString')).toBeUndefined()
    expect(causeEntry('tls.expired')).toBe(causes['tls.expired'])
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../docs/adr')
const decisions = readdirSync(folder).filter((name) => /^\d/.test(name))

it('numbers each decision once, in its file name and in its title', () => {
  const numbers = decisions.map((name) => Number(name.slice(0, 4)))

  expect(new Set(numbers).size).toBe(numbers.length)
  const titles = decisions.map((name) => /^# (\d+)\. /.exec(readFileSync(join(folder, name), 'utf8'))?.[1])
  expect(titles).toEqual(numbers.map(String))
})

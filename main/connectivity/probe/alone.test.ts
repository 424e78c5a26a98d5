import { readdir, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join, resolve, sep } from 'node:path'
import { expect, it } from 'vitest'

const here = import.meta.dirname
const rules = join(here, '../../lib/rules')

/** What a file imports for its values: types are gone before it runs. */
const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^import (?!type\b)(?:[\s\S]*?from )?'([^']+)'/gm)].map((match) => match[1] ?? '')

async function sourcesIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true })
  return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => join(folder, file))
}

// The probe is bundled to one file and runs in a pod, on any image with Node.
it.each([
  ['the probe', here, [here, rules], 40],
  ['the shared rules', rules, [rules], 2],
])('%s import nothing but Node, their own files and the shared rules', async (_name, folder, allowed, least) => {
  const files = await sourcesIn(folder)
  expect(files.length).toBeGreaterThan(least)
  for (const file of files) {
    for (const name of importsOf(await readFile(file, 'utf8'))) {
      const path = resolve(dirname(file), name)
      const isAllowed = name.startsWith('.') && allowed.some((root) => path.startsWith(`${root}${sep}`))
      expect([file, name, isAllowed || (name.startsWith('node:') && isBuiltin(name))]).toEqual([file, name, true])
    }
  }
})

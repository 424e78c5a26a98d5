import { readdir, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const here = import.meta.dirname

/** What a file imports for its values: types are gone before it runs. */
const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^import (?!type\b)(?:[\s\S]*?from )?'([^']+)'/gm)].map((match) => match[1] ?? '')

// The probe is to be bundled to one file and run in a pod, on any image with Node.
it('runs with Node and its own files alone', async () => {
  const files = (await readdir(here, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  expect(files.length).toBeGreaterThan(40)
  for (const file of files) {
    const path = join(here, file)
    for (const name of importsOf(await readFile(path, 'utf8'))) {
      const own = name.startsWith('.') && resolve(dirname(path), name).startsWith(here)
      expect([file, name, own || (name.startsWith('node:') && isBuiltin(name))]).toEqual([file, name, true])
    }
  }
})

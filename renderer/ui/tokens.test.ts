import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const renderer = join(import.meta.dirname, '..')

/** Values of a property in every style of the window that are no token. */
function ownValues(property: string, token: RegExp): string[] {
  return globSync('**/*.css', { cwd: renderer })
    .filter((file) => file !== join('ui', 'tokens.css'))
    .flatMap((file) =>
      [...readFileSync(join(renderer, file), 'utf8').matchAll(new RegExp(`[\\s;{]${property}:\\s*([^;]+);`, 'g'))]
        .map(([, value = '']) => value)
        .filter((value) => !token.test(value))
        .map((value) => `${file}: ${property}: ${value}`),
    )
}

it('every size of text is a token', () => {
  expect(ownValues('font-size', /^(var\(--text-\w+\)|inherit)$/)).toEqual([])
})

it('every radius is a token, a circle or the end of a pill', () => {
  expect(ownValues('border(?:-[a-z]+)*-radius', /^((var\(--radius-\w+\)|50%|11px|0)( |$))+$/)).toEqual([])
})

import { expect, it } from 'vitest'
import { allowPlainText } from './trusted.ts'

it('allows the text of a style, and nothing that could create an element', () => {
  let createHTML: (text: string) => string | null = () => 'no policy was made'
  allowPlainText({
    createPolicy(_name, rules) {
      createHTML = rules.createHTML
    },
  })

  expect(createHTML(':root{--size:1px}@media (width>3em){a>b{color:red}}')).toContain('--size')
  expect(createHTML('<img src=x onerror=alert(1)>')).toBeNull()
})

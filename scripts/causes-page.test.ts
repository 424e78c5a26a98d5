import { expect, it } from 'vitest'
import { causesGuide } from './causes-page.ts'

it('the guide page has the text of the table of causes', async () => {
  await expect(causesGuide()).toMatchFileSnapshot('../docs/guide/causes.md')
})

import { expect, it } from 'vitest'
import { causesGuide } from './causes-page.ts'

it('says in the guide what the table of causes says', async () => {
  await expect(causesGuide()).toMatchFileSnapshot('../docs/guide/causes.md')
})

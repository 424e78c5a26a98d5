import { expect, it } from 'vitest'
import { catalogue } from '../main/install/preflight/catalogue.ts'
import { checksGuide } from './checks-page.ts'

it('the guide page has the text of the catalogue of checks', async () => {
  await expect(checksGuide()).toMatchFileSnapshot('../docs/guide/checks.md')
})

it('each check has a section of the guide, with its meaning and what to do', () => {
  const page = checksGuide()
  for (const { id, about, remedy } of catalogue) {
    expect(page).toContain(`### \`${id}\``)
    expect([about.length > 40, remedy.length > 40, id], id).toEqual([true, true, id])
  }
})

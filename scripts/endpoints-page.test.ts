import { expect, it } from 'vitest'
import { endpointFields, endpointsGuide, nameInSection } from './endpoints-page.ts'

it.each(endpointFields())('the field $path of a bare list is described', ({ path, description }) => {
  expect(description).not.toBe('')
  const row = endpointsGuide()
    .split('\n')
    .find((line) => line.startsWith(`| \`${nameInSection(path)}\` `) && line.includes(`| ${description} `))
  expect(row).toBeDefined()
})

it('the guide page has the fields of the schema', async () => {
  await expect(endpointsGuide()).toMatchFileSnapshot('../docs/guide/endpoints.md')
})

import { expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()

it('settings are found by titles, descriptions and other words for them, marked, and in the address', async () => {
  const page = await openWindow({ address: '/settings' })
  const search = page.getByRole('textbox', { name: 'Search settings' })
  const parts = page.locator('main section')
  await expect.poll(() => parts.count(), { timeout: 10_000 }).toBe(7)

  await search.fill('dark mode')
  await expect.poll(() => parts.count()).toBe(1)
  await page.getByRole('region', { name: 'Appearance' }).waitFor()
  const marked = () => page.evaluate(() => [...(CSS.highlights.get('found') ?? [])].map(String))
  await expect.poll(marked).toContain('Dark')
  await expect.poll(() => new URL(page.url()).hash).toBe('#/settings?text=dark+mode')

  await page.reload()
  await expect.poll(() => parts.count(), { timeout: 10_000 }).toBe(1)
  await search.fill('nothing of the kind')
  await page.getByRole('heading', { name: 'No matching settings' }).waitFor()
  await page.getByRole('button', { name: 'Clear search' }).click()
  await expect.poll(() => parts.count()).toBe(7)
  expect(await marked()).toEqual([])
})

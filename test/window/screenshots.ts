/**
 * Takes screenshots of every view in every state, light and dark, for review:
 * `node test/window/screenshots.ts FOLDER [NAME …]`
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchChromium } from './chromium.ts'
import { buildWindow, serveFolder } from './serve.ts'
import { waitUntilStable } from './viewState.ts'
import { viewStates } from './viewStates.ts'

const [folder = 'out/screenshots', ...names] = process.argv.slice(2)
const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 700 },
]

await mkdir(folder, { recursive: true })
const built = await mkdtemp(join(tmpdir(), 'hangar-window-'))
await buildWindow(built)
const server = await serveFolder(built)
const browser = await launchChromium()
for (const place of viewStates.filter(({ name }) => names.length === 0 || names.includes(name))) {
  for (const colorScheme of ['light', 'dark'] as const) {
    // The smaller size shows what breaks; the colours are the same there.
    for (const viewport of colorScheme === 'light' ? sizes.slice(1) : sizes.slice(0, 1)) {
      const context = await browser.newContext({ colorScheme, viewport })
      const page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') console.error(place.name, message.text())
      })
      page.on('pageerror', (error) => console.error(place.name, error.message))
      await page.goto(`${server.origin}/?scene=${place.scene ?? 'usual'}`)
      await page.getByRole('navigation', { name: 'Hangar' }).waitFor()
      page.setDefaultTimeout(6_000)
      await place.go(page).catch((error: Error) => console.error(place.name, error.message.split('\n')[0]))
      await waitUntilStable(page)
      await page.screenshot({ path: join(folder, `${place.name}-${colorScheme}-${viewport.width}.png`) })
      await context.close()
    }
  }
}
await browser.close()
server.close()
await rm(built, { recursive: true, force: true })

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright'

const debianChromium = '/usr/bin/chromium'

/** Debian's chromium where it is there, else the one that Playwright brought. Root needs the sandbox off. */
export function launchChromium(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    ...(existsSync(debianChromium) && { executablePath: debianChromium }),
    args: isRoot ? ['--no-sandbox'] : [],
  })
}

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright'

const debianChromium = '/usr/bin/chromium'

/** Debian's chromium where it is there, else the one that Playwright brought. */
export const chromiumProgram = (): string => (existsSync(debianChromium) ? debianChromium : chromium.executablePath())

/** Root needs the sandbox off. */
export function launchChromium(executablePath = chromiumProgram()): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath,
    args: isRoot ? ['--no-sandbox'] : [],
  })
}
